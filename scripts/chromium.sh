#!/usr/bin/env bash
# Debian's Chromium for the browser test and the screenshots: prints where it is, and installs it where it is absent.
set -euo pipefail
for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
  if [ -n "$name" ] && command -v "$name"; then exit; fi
done
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo 'No Chromium here, and only root on Debian can install it. Set CHROMIUM to a Chromium or Chrome.' >&2
  exit 1
fi
{
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-liberation
} >&2
command -v chromium
