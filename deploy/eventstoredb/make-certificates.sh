#!/usr/bin/env bash
# Runs in the image of es-gencert-cli: an authority and one certificate for each folder under /certificates. What is there is kept.
# The authority's key stays in a volume of its own, which no server sees. An argument stands before every path, for tests.
set -euo pipefail

ROOT=${1:-}
# The user that EventStoreDB's image runs as.
OWNER=${OWNER:-1000:1000}
MADE=$(mktemp -d)

# The tool refuses a folder that exists, and ends with 0 all the same: so into new ones, and what is missing fails the copy.
if [ ! -f "$ROOT/authority-key/ca.key" ]; then
  es-gencert-cli create-ca -out "$MADE/authority"
  cp "$MADE/authority/ca.crt" "$MADE/authority/ca.key" "$ROOT/authority-key/"
fi
cp -f "$ROOT/authority-key/ca.crt" "$ROOT/authority/ca.crt"
chmod 444 "$ROOT/authority/ca.crt"

for folder in "$ROOT"/certificates/*; do
  node=$(basename "$folder")
  if [ ! -f "$folder/node.crt" ]; then
    es-gencert-cli create-node -ca-certificate "$ROOT/authority-key/ca.crt" -ca-key "$ROOT/authority-key/ca.key" \
      -out "$MADE/$node" -ip-addresses 127.0.0.1 -dns-names "$node,localhost"
    cp "$MADE/$node/node.key" "$MADE/$node/node.crt" "$folder/"
  fi
  chmod 400 "$folder/node.crt" "$folder/node.key"
  chown -R "$OWNER" "$folder"
done

rm -rf "$MADE"
