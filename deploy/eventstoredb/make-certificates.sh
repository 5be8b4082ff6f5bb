#!/usr/bin/env bash
# Runs in the image of es-gencert-cli: an authority and one certificate for each folder under /certificates. What is there is kept.
# The authority's key stays in a volume of its own, which no server sees.
set -euo pipefail

# The user that EventStoreDB's image runs as.
OWNER=1000:1000

# The tool refuses a folder that exists, and ends with 0 all the same: so into new ones, and what is missing fails the copy.
if [ ! -f /authority-key/ca.key ]; then
  es-gencert-cli create-ca -out /tmp/authority
  cp /tmp/authority/ca.crt /tmp/authority/ca.key /authority-key/
fi
cp /authority-key/ca.crt /authority/ca.crt

for folder in /certificates/*; do
  node=$(basename "$folder")
  if [ ! -f "$folder/node.crt" ]; then
    es-gencert-cli create-node -ca-certificate /authority-key/ca.crt -ca-key /authority-key/ca.key \
      -out "/tmp/$node" -ip-addresses 127.0.0.1 -dns-names "$node,localhost"
    cp "/tmp/$node/node.crt" "/tmp/$node/node.key" "$folder/"
  fi
  chmod 500 "$folder"
  chmod 400 "$folder/node.crt" "$folder/node.key"
  chown -R "$OWNER" "$folder"
done

chmod 444 /authority/ca.crt
