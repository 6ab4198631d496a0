# What the journeys share. Sourced, not run.

# Where `npm start` listens; set these when your instance listens elsewhere.
INTERNAL=${INTERNAL:-http://localhost:8080}
CA=${CA:-certs/ca.crt}

say() { printf '\n== %s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

# field NAME: the text value of a JSON member, from standard input
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

# curl as the guides use it, but checking the server: every certificate comes from the one CA
call() { curl --silent --show-error --cacert "$CA" "$@"; }

# status ARGS…: the HTTP status of a call
status() { call --output /dev/null --write-out '%{http_code}' "$@"; }

# slash SUBJECT: the subject of the info answer in the form that openssl takes
slash() { printf '/%s' "$(printf %s "$1" | tr ',' '/')"; }
