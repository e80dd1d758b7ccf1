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
ENTRYPOINT ["/usr/local/bin/mlgate"]
