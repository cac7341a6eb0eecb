# An interpreter is what it is, whatever it is called and wherever it lies.
# daemon: kept
# gate: 6.12
# case: code/copied_interpreter
. /lab/kernel/lib.sh

mkdir www
printf 'echo ran\n' >www/script
echo 'print("ran")' >www/text
echo 'print "ran\n";' >www/pearl
serve www
# It can be used before the daemon knows it, and is found at its next start.
cp "$(readlink -f /usr/bin/python3)" snake
cp /bin/bash turtle
cp /usr/bin/perl oyster
export HERE=$T
daemon_start --mode enforce

try() {
  curl -sS --remote-name-all "$URL/script" "$URL/text" "$URL/pearl"
  bash -c "$WAY" >out 2>&1 || true
  check_ran "$1"
}
near_and_far try <<'WAYS'
$HERE/snake text
$HERE/turtle script
$HERE/turtle < script
cat script | $HERE/turtle
$HERE/oyster pearl
cp /usr/bin/python3.11 new; ./new text
cp /bin/dash new; ./new script
WAYS

# What is no interpreter reads the same file as data.
curl -sS -o script "$URL/script"
cp /bin/cat dog
check assert_runs ./dog script
assert_eq "$(cat .out)" "echo ran"
daemon_stop
