#!/usr/bin/env bash
# Starts the compose file in a project of its own, places an order, reads it back from the other API node, stops one container after
# the other and checks that orders go on, and takes everything away again.
#
#   deploy/smoke.sh                          docker-compose.yml
#   deploy/smoke.sh compose.cluster.yml      the cluster; also stops an EventStoreDB and a MongoDB member
#
# Needs Docker with compose 2, curl and openssl. KEEP=1 leaves it running.
set -euo pipefail
cd "$(dirname "$0")/.."

FILE=${1:-docker-compose.yml}
export ADMIN_API_KEY=${ADMIN_API_KEY:-$(openssl rand -hex 24)}
export MONGODB_PASSWORD=${MONGODB_PASSWORD:-$(openssl rand -hex 24)}
export MONGODB_ROOT_PASSWORD=${MONGODB_ROOT_PASSWORD:-$(openssl rand -hex 24)}
export EVENTSTORE_ADMIN_PASSWORD=${EVENTSTORE_ADMIN_PASSWORD:-$(openssl rand -hex 24)}
export EVENTSTORE_OPS_PASSWORD=${EVENTSTORE_OPS_PASSWORD:-$(openssl rand -hex 24)}
export API_1_PORT=${API_1_PORT:-3101} API_2_PORT=${API_2_PORT:-3102}
NORTH=http://127.0.0.1:$API_1_PORT
SOUTH=http://127.0.0.1:$API_2_PORT
ORDERS=0

compose() { docker compose --project-name sourcefold-smoke --file "$FILE" "$@"; }

say() { printf '\n== %s\n' "$*"; }

fail() {
  printf '\nFAILED: %s\n' "$*" >&2
  compose ps --all >&2 || true
  compose logs --tail 40 >&2 || true
  exit 1
}

finish() {
  local code=$?
  [ "${KEEP:-}" = 1 ] || compose down --volumes --remove-orphans --timeout 60 >/dev/null 2>&1 || true
  exit "$code"
}
trap finish EXIT

# METHOD URL [BODY]: prints the body; a status that is no success fails.
request() {
  curl --silent --show-error --fail-with-body --max-time 15 --request "$1" "$2" \
    --header "Authorization: Bearer $ADMIN_API_KEY" --header 'Content-Type: application/json' ${3:+--data "$3"}
}

until_ready() {
  local deadline=$((SECONDS + 180))
  until curl --silent --fail --max-time 5 "$1/readyz" >/dev/null; do
    [ "$SECONDS" -lt "$deadline" ] || fail "$1 was not ready within 180 s"
    sleep 1
  done
}

# URL STATUS: places an order there and expects it to be in that status.
place() {
  ORDERS=$((ORDERS + 1))
  local answer deadline=$((SECONDS + 60))
  # While a store looks for a new leader, the answer is 503 with Retry-After; the same order may be sent again.
  until answer=$(request POST "$1/v1/orders" "{\"channelId\":\"smoke\",\"channelOrderNumber\":\"S-$ORDERS\",\"method\":\"homeDelivery\",
    \"destination\":{\"country\":\"GB\",\"postcode\":\"SW1A 1AA\"},\"lines\":[{\"sku\":\"TEA-500\",\"quantity\":2}]}"); do
    [ "$SECONDS" -lt "$deadline" ] || fail "no order could be placed at $1: $answer"
    sleep 1
  done
  ORDER=$(printf '%s' "$answer" | sed -n 's/.*"orderId":"\([^"]*\)".*/\1/p')
  printf '%s' "$answer" | grep -q "\"status\":\"$2\"" || fail "order S-$ORDERS is not $2: $answer"
  echo "order S-$ORDERS ($ORDER): $2"
}

say "starting $FILE"
compose up --build --detach || fail 'it did not start'
until_ready "$NORTH"
until_ready "$SOUTH"

say 'a channel, a location, stock'
request PUT "$NORTH/v1/channels/smoke" '{"name":"Smoke","kind":"web","market":"GB","currency":"GBP"}' >/dev/null
request PUT "$NORTH/v1/stock-locations/leeds" '{"name":"Leeds","kind":"warehouse",
  "address":{"country":"GB","postcode":"LS1 4AP","latitude":53.80,"longitude":-1.55},
  "timeZone":"Europe/London","capabilities":["ship"],"costs":{"perParcel":400,"perUnit":20}}' >/dev/null
request POST "$NORTH/v1/stock-locations/leeds/receipts" '{"reference":"S-1","lines":[{"sku":"TEA-500","quantity":100}]}' >/dev/null

say 'an order at one node, read at the other'
sleep 1
place "$NORTH" allocated
request GET "$SOUTH/v1/orders/$ORDER" | grep -q '"status":"allocated"' || fail 'the other node does not know it'

say 'one API node stops'
compose stop api-1
place "$SOUTH" allocated
compose start api-1
until_ready "$NORTH"
request GET "$NORTH/v1/orders/$ORDER" >/dev/null || fail 'the node that came back does not know what happened meanwhile'

say 'a worker stops'
WORKER=$(compose ps --services | grep '^worker' | head -n 1)
compose stop "$WORKER"
place "$NORTH" allocated
compose start "$WORKER"

if [ "$FILE" = compose.cluster.yml ]; then
  for member in eventstoredb-1 mongodb-1; do
    say "$member stops"
    compose stop "$member"
    place "$NORTH" allocated
    place "$SOUTH" allocated
    compose start "$member"
  done
fi

say 'everything stops and starts again'
compose stop
compose up --detach || fail 'it did not start again'
until_ready "$NORTH"
until_ready "$SOUTH"
request GET "$SOUTH/v1/orders/$ORDER" | grep -q '"status":"allocated"' || fail 'an order is gone'
place "$SOUTH" allocated

printf '\nOK: %s orders placed, none lost.\n' "$ORDERS"
