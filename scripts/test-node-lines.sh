#!/usr/bin/env bash
# Runs the whole test suite on Node lines, all supported ones or those given: scripts/test-node-lines.sh 22 24.
# Lines other than the one installed come from the registry.
set -euo pipefail
cd "$(dirname "$0")/.."
for line in ${@:-20 22 24 26}; do
  printf '\n== Node %s: ' "$line"
  npx -y "node@$line" --version
  npx -y "node@$line" node_modules/vitest/vitest.mjs run --reporter=dot
done
