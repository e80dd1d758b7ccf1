# The image is a GitHub container action, and a stage of other CI systems. GitHub wants the default user.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY cmd cmd
COPY internal internal
COPY policies policies
COPY workflows-examples workflows-examples
COPY VERSION .
ARG VERSION
# grpcnotrace leaves out a part of what go-getter drags in, and its memory (docs/adr/0008)
RUN CGO_ENABLED=0 go build -tags grpcnotrace -trimpath -ldflags "-s -w -X main.version=${VERSION:-$(cat VERSION)}" -o /mlgate ./cmd/mlgate

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends git ca-certificates mawk \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /mlgate /usr/local/bin/mlgate
# What the action runs after itself; action.yml names it.
RUN ln -s mlgate /usr/local/bin/mlgate-post
# Steps run as this user, without capabilities; MLGATE_STEP_USER= runs them as root again. SECURITY.md says what holds.
# The number is no group of a host: the first free system number is often that of its Docker socket.
RUN groupadd --gid 58231 mlgate-step && useradd --uid 58231 --gid 58231 --create-home mlgate-step
ENV MLGATE_STEP_USER=mlgate-step
ENTRYPOINT ["/usr/local/bin/mlgate"]
