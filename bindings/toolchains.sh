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
	"node nodejs" "npm npm" # Node 20 or newer
	"javac openjdk-17-jdk-headless" "mvn maven" # JDK 25, for the Minecraft server, is in no Debian yet: https://adoptium.net
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
npm_install() {
	(cd "$1" && npm install --no-audit --no-fund --silent)
	rm -rf "$1"/node_modules/minecraft-data/minecraft-data/data/bedrock/[0-9]* # 400 MB about a game that is another one
}
npm_install typescript
npm_install typescript/examples/minecraft
npm_install java/minestom/player
# Building resolves what is there offline from then on; one test has Maven fetch what runs tests, too.
(cd java && mvn -B -q package -Dtest=VectorsTest && mvn -B -q dependency:copy-dependencies -DincludeScope=runtime)
for home in ${JAVA_HOME:+"$JAVA_HOME"} /usr/lib/jvm/*; do
	if grep -qs '^JAVA_VERSION="25' "$home/release"; then
		(cd java/minestom && JAVA_HOME=$home mvn -B -q -f with-binding.xml package -Dmaven.test.skip=true)
		break
	fi
done
(cd ../protocol/examples/go && CGO_ENABLED=0 go build -buildvcs=false -o /dev/null .)
