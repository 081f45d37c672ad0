#!/bin/sh
# HAProxy as a TCP proxy with one thread, to measure: `haproxy.sh --to HOST:PORT`, with --host and --port as
# all peers. It takes no port of the kernel's choice, so one is picked here; and it becomes this
# process, whose CPU time the harness reads.
while [ $# -gt 1 ]; do
  case $1 in
    --to) to=$2 ;;
    --host) host=$2 ;;
  esac
  shift 2
done
port=$(shuf -i 20000-30000 -n 1)
config=$(mktemp)
cat > "$config" <<END
global
  nbthread 1
  maxconn 4000
defaults
  mode tcp
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  option splice-auto
listen relay
  bind $host:$port
  server behind $to
END
(sleep 1; echo "listening on $host:$port "; rm -f "$config") &
exec haproxy -f "$config"
