#!/usr/bin/env bash
# Runs the test suite on each supported Node line; the other lines come from the registry.
set -euo pipefail
cd "$(dirname "$0")/.."
for line in ${NODE_LINES:-20 22 24 26}; do
  printf '\n== Node %s: ' "$line"
  npx -y "node@$line" --version
  npx -y "node@$line" node_modules/vitest/vitest.mjs run --reporter=dot
done
