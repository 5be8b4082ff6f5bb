#!/usr/bin/env bash
# Writes the secrets of the compose files to .env beside them, where compose finds them. What is there is kept, so it may be run again.
#
#   deploy/make-secrets.sh [FILE]
#
# Whoever has the file has the installation: keep a copy where only operators find it.
set -euo pipefail
umask 077
cd "$(dirname "$0")/.."

FILE=${1:-.env}
touch "$FILE"
chmod 600 "$FILE"
# A last line that was not ended would take in the first secret.
if [ -n "$(tail -c 1 "$FILE")" ]; then
  echo >>"$FILE"
fi
for name in ADMIN_API_KEY MONGODB_PASSWORD MONGODB_ROOT_PASSWORD EVENTSTORE_ADMIN_PASSWORD EVENTSTORE_OPS_PASSWORD; do
  if ! grep -q "^$name=" "$FILE"; then
    printf '%s=%s\n' "$name" "$(openssl rand -hex 24)" >>"$FILE"
  fi
done
echo "The secrets are in $FILE."
