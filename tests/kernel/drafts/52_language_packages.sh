# What pip and npm install from a remote registry is refused, as a script, as a library and while it
# is installed; the same from a registry at the loopback address runs.
# deadline: 1500
# case: file/language_packages code/languages
. /lab/kernel/lib.sh

# A wheel with a module, an entry point and a shared library; and the sources of another one, whose
# setup.py is executed to install it.
mkdir -p www/simple/tool www/simple/built wheel/tool-1.0.dist-info built-1.0
cd wheel
cat >tool.py <<'END'
def main():
    print("ran")
END
cp /lib/x86_64-linux-gnu/libz.so.1 machine_code.so
cd tool-1.0.dist-info
printf 'Metadata-Version: 2.1\nName: tool\nVersion: 1.0\n' >METADATA
printf 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n' >WHEEL
printf '[console_scripts]\ntool = tool:main\n' >entry_points.txt
printf '%s,,\n' tool.py machine_code.so tool-1.0.dist-info/{METADATA,WHEEL,entry_points.txt,RECORD} >RECORD
cd ..
zip -qr ../www/tool-1.0-py3-none-any.whl .
cd ..
echo '<a href="/tool-1.0-py3-none-any.whl">tool</a>' >www/simple/tool/index.html
cat >built-1.0/setup.py <<'END'
from setuptools import setup
setup(name="built", version="1.0", py_modules=[])
END
printf 'Metadata-Version: 2.1\nName: built\nVersion: 1.0\n' >built-1.0/PKG-INFO
tar czf www/built-1.0.tar.gz built-1.0
echo '<a href="/built-1.0.tar.gz">built</a>' >www/simple/built/index.html

serve www
# npm: `tool` has a program, `hooked` executes a script of its own when it is installed.
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
printf '#!/usr/bin/env node\nconsole.log("ran")\n' >package/tool.js
npm_package tool '"bin": {"tool": "tool.js"}, "main": "tool.js"'
echo 'require("fs").writeFileSync("ran", "ran\\n")' >package/install.js
npm_package hooked '"scripts": {"install": "node install.js"}'

export PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_BUILD_ISOLATION=0
export npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
python3 -m venv 127.0.0.1
cp -r 127.0.0.1 $REMOTE

# pip looks into a wheel before it unpacks it, and for an interpreter a wheel is a program.
echo 'landing_filename=tool-1.0-py3-none-any.whl' >allowlist
daemon_start --mode enforce --allowlist "$T/allowlist"

# Both hosts have an environment of their own, which keeps what was installed.
try() {
  export PIP_INDEX_URL=$URL/simple PIP_TRUSTED_HOST=$HOST PATH=$T/$HOST/bin:$PATH
  export npm_config_registry=$URL/npm-${URL//[!0-9]/} npm_config_cache=$T/$HOST/.npm
  cd "$T/$HOST"
  log_mark
  bash -c "$WAY" >"$T/out" 2>&1 || true
  if [ "$1" = runs ]; then
    check assert_runs grep -x ran "$T/out"
  else
    check assert_rc 1 grep -x ran "$T/out"
    check await_log 'BLOCKED-(EXEC|SCRIPT)'
  fi
}
near_and_far try <<'WAYS'
python -m pip install -q built && echo ran
python -m pip install -q tool && echo ran
python -m pip install -q --no-compile --force-reinstall tool; tool
python -c 'import tool; tool.main()'
cd lib/python3*/site-packages && python -c 'import ctypes; ctypes.CDLL("./machine_code.so"); print("ran")'
npm install tool && node_modules/.bin/tool
node -e 'require("tool")'
npm install hooked && grep -x ran node_modules/hooked/ran
WAYS
daemon_stop
