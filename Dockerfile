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

FROM debian:bookworm-slim AS root
RUN apt-get update && apt-get install -y --no-install-recommends busybox ca-certificates git mawk
# Steps run as this user, without capabilities; MLGATE_STEP_USER= runs them as root again. SECURITY.md says what holds.
# The number is no group of a host: the first free system number is often that of its Docker socket.
RUN groupadd --gid 58231 mlgate-step && useradd --uid 58231 --gid 58231 --create-home mlgate-step
COPY release/rootfs.sh /
RUN /rootfs.sh /rootfs
# What the action runs after itself; action.yml names it.
RUN mkdir -p /rootfs/usr/local/bin && ln -s mlgate /rootfs/usr/local/bin/mlgate-post

FROM scratch
COPY --from=root /rootfs /
COPY --from=build /mlgate /usr/local/bin/mlgate
ENV PATH=/usr/local/bin:/usr/bin MLGATE_STEP_USER=mlgate-step
ENTRYPOINT ["/usr/local/bin/mlgate"]
