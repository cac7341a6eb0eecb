# What pip and npm install from a remote registry is refused, as a module, as a library and while it
# is installed; the same from a registry at the loopback address runs.
# deadline: 900
# daemon: kept
# gate: none
# case: file/language_packages code/languages
. /lab/kernel/lib.sh

# A wheel with a module and a shared library.
mkdir -p www/simple/tool wheel/tool-1.0.dist-info
cd wheel
cat >tool.py <<'END'
def main():
    print("ran")
END
cp /lib/x86_64-linux-gnu/libz.so.1 machine_code.so
cd tool-1.0.dist-info
printf 'Metadata-Version: 2.1\nName: tool\nVersion: 1.0\n' >METADATA
printf 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n' >WHEEL
printf '%s,,\n' tool.py machine_code.so tool-1.0.dist-info/{METADATA,WHEEL,RECORD} >RECORD
cd ..
zip -qr ../www/tool-1.0-py3-none-any.whl .
cd ..
echo '<a href="/tool-1.0-py3-none-any.whl">tool</a>' >www/simple/tool/index.html

serve www
# npm: `hooked` executes a script of its own when it is installed.
# npm_package NAME MANIFEST-FIELDS: packs the folder package/ for both addresses.
npm_package() {
  printf '{"name": "%s", "version": "1.0.0", %s}' "$1" "$2" >package/package.json
  tar czf "www/$1-1.0.0.tgz" package
  local near_or_far
  for near_or_far in "$NEAR" "$URL"; do
    mkdir -p "www/npm-${near_or_far//[!0-9]/}"
    printf '{"name": "%s", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": %s}}' "$1" \
      "{\"name\": \"$1\", \"version\": \"1.0.0\", $2, \"dist\": {
        \"tarball\": \"$near_or_far/$1-1.0.0.tgz\",
        \"shasum\": \"$(sha1sum "www/$1-1.0.0.tgz" | cut -d' ' -f1)\"}}" \
      >"www/npm-${near_or_far//[!0-9]/}/$1"
  done
}
mkdir package
echo 'require("fs").writeFileSync("ran", "ran\n")' >package/install.js
npm_package hooked '"scripts": {"install": "node install.js"}'

export PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_BUILD_ISOLATION=0
export npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
# As `python3 -m venv` makes it, but for the minutes in which pip installs itself.
python3 -m venv --without-pip 127.0.0.1
unzip -q /usr/share/python-wheels/pip-*.whl -d 127.0.0.1/lib/python3*/site-packages
cp -r 127.0.0.1 $REMOTE

# pip looks into a wheel before it unpacks it: that is data.
daemon_start --mode enforce

# Both hosts have an environment of their own, which keeps what was installed.
try() {
  export PIP_INDEX_URL=$URL/simple PIP_TRUSTED_HOST=$HOST PATH=$T/$HOST/bin:$PATH
  export npm_config_registry=$URL/npm-${URL//[!0-9]/} npm_config_cache=$T/$HOST/.npm
  cd "$T/$HOST"
  log_mark
  bash -c "$WAY" >"$T/out" 2>&1 || true
  check_ran "$1" "$T/out"
  if [ "$1" = blocked ]; then
    check await_log 'BLOCKED-(EXEC|SCRIPT)'
  fi
}
near_and_far try <<'WAYS'
python -m pip install -q tool && python -c 'import tool; tool.main()'
cd lib/python3*/site-packages && python -c 'import ctypes; ctypes.CDLL("./machine_code.so"); print("ran")'
npm install hooked && grep -x ran node_modules/hooked/ran
WAYS
daemon_stop
