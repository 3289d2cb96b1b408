#!/bin/sh
# Brings Lamplighter's session agent onto this machine, or takes it off again:
#   curl -fsSL @ADDRESS@/api/agent | sudo sh -s -- CODE
#   curl -fsSL @ADDRESS@/api/agent | sudo sh -s -- --remove
# The code is made for one compute by its owner or an admin, and works once.
set -eu

address='@ADDRESS@'
sha256='@SHA256@'
# For images and tests: everything goes below this folder, and nothing is started.
root="${LAMPLIGHTER_AGENT_ROOT:-}"
program="$root/opt/lamplighter-agent/session-agent.py"
config="$root/etc/lamplighter-agent"
unit="$root/etc/systemd/system/lamplighter-agent.service"
log=/var/log/lamplighter-agent.log

fail() {
  echo "$1" >&2
  exit 1
}

need() {
  command -v "$1" >/dev/null 2>&1 || fail "$1 is needed and not here${2:+ ($2)}."
}

fetch() {
  if command -v curl >/dev/null 2>&1; then
    curl -fsSL --max-time 60 "$1" -o "$2"
  else
    need wget 'or curl'
    wget -q -T 60 -O "$2" "$1"
  fi
}

has_systemd() {
  [ -z "$root" ] && [ -d /run/systemd/system ]
}

end_running() {
  if has_systemd; then
    systemctl disable --now lamplighter-agent.service >/dev/null 2>&1 || true
  elif [ -z "$root" ] && [ -f /run/lamplighter-agent.pid ]; then
    kill "$(cat /run/lamplighter-agent.pid)" 2>/dev/null || true
    rm -f /run/lamplighter-agent.pid
  fi
}

without_our_line() {
  crontab -l 2>/dev/null | grep -v lamplighter-agent || true
}

start() {
  if has_systemd; then
    cat >"$unit" <<UNIT
[Unit]
Description=Lamplighter session agent: says whether this machine is in use
After=network-online.target
Wants=network-online.target

[Service]
ExecStart=/usr/bin/env python3 $program run
Restart=always
RestartSec=60
Nice=10

[Install]
WantedBy=multi-user.target
UNIT
    systemctl daemon-reload
    systemctl enable --now lamplighter-agent.service >/dev/null
    return
  fi
  [ -z "$root" ] || return 0
  line="echo \$\$ >/run/lamplighter-agent.pid; exec python3 $program run"
  if command -v crontab >/dev/null 2>&1; then
    { without_our_line; echo "@reboot sh -c '$line' >>$log 2>&1"; } | crontab -
  else
    echo "Neither systemd nor cron is here: the agent runs until the machine restarts."
  fi
  nohup sh -c "$line" >>"$log" 2>&1 </dev/null &
}

install_agent() {
  need python3
  need openssl
  need sha256sum
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 6))' || fail 'Python 3.6 or newer is needed.'
  fresh="$(mktemp)"
  trap 'rm -f "$fresh"' EXIT
  fetch "$address/api/agent/session-agent.py" "$fresh" || fail "The agent could not be fetched from $address."
  echo "$sha256  $fresh" | sha256sum -c - >/dev/null 2>&1 ||
    fail 'What was fetched is not what this installer belongs to. Nothing was installed; try again.'
  end_running
  mkdir -p "$config/before-stop.d" "$(dirname "$program")"
  chmod 700 "$config"
  LAMPLIGHTER_CODE="$1" python3 "$fresh" enrol --address "$address" --root "${root:-/}" ||
    fail 'The agent is not enrolled; nothing runs.'
  cp "$fresh" "$program"
  chmod 755 "$program"
  start
  echo "Once a minute it says whether kernels, terminals, connections, processes, GPUs and containers are busy or idle."
  echo "To see what it would say:  sudo python3 $program show"
  echo "To take it off again:      curl -fsSL $address/api/agent | sudo sh -s -- --remove"
}

remove_agent() {
  if [ -f "$program" ]; then
    python3 "$program" leave --root "${root:-/}" ||
      echo 'The deployment could not be told; an admin can end the enrolment there.' >&2
  fi
  end_running
  if has_systemd; then
    rm -f "$unit"
    systemctl daemon-reload
  elif [ -z "$root" ] && command -v crontab >/dev/null 2>&1; then
    without_our_line | crontab -
  fi
  rm -rf "$root/opt/lamplighter-agent" "$config" "$root/var/lib/lamplighter-agent"
  echo 'The session agent is gone from this machine.'
}

# In a function, so that a script that arrives half is not run half.
main() {
  [ "$#" -eq 1 ] || fail 'Give the one-time code, or --remove.'
  [ -n "$root" ] || [ "$(id -u)" -eq 0 ] || fail 'Run it as root: … | sudo sh -s -- CODE'
  case "$1" in
    --remove) remove_agent ;;
    -*) fail "$1 is no option: give the one-time code, or --remove." ;;
    *) install_agent "$1" ;;
  esac
}

main "$@"
