#!/usr/bin/env bash
# Installs what the tests of the clients need: compilers and runtimes from Debian's or Ubuntu's packages, where they are
# missing, and each client's libraries from its own registry. Without it those tests are skipped.
set -euo pipefail
cd "$(dirname "$0")"

# command or file, and the package that brings it
needed=(
	"g++ g++" "make make"
	"/usr/include/zmq.h libzmq3-dev"
	"mcs mono-mcs" "mono mono-runtime" "/usr/lib/mono/4.5/System.Core.dll libmono-system-core4.0-cil"
	"node nodejs" "npm npm"
	"javac openjdk-17-jdk-headless" "mvn maven"
	"go golang-go"
	"godot3-server godot3-server"
)
missing=()
for line in "${needed[@]}"; do
	read -r thing package <<<"$line"
	command -v "$thing" >/dev/null || [[ -e $thing ]] || missing+=("$package")
done
if ((${#missing[@]})); then
	command -v apt-get >/dev/null || { echo "Not found, and there is no apt-get to install it with: ${missing[*]}"; exit 1; }
	echo "Installing ${missing[*]}"
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
fi

echo "Fetching the libraries of the clients"
(cd typescript && npm install --no-audit --no-fund --silent)
(cd java && mvn -B -q test -Dtest=VectorsTest) # what it resolves is there offline from then on, the test runner included
(cd ../protocol/examples/go && CGO_ENABLED=0 go build -buildvcs=false -o /dev/null .)
