# Interpreters beyond the usual ones: their programs, what those load, programs from standard input
# and by options are refused when they are marked; marked data isn't.
# daemon: kept
# deadline: 600
# gate: none
# case: code/other_languages
. /lab/kernel/lib.sh

mkdir www
echo 'puts "ran"' >www/p.rb
echo 'puts "ran"' >www/p.tcl
echo '<?php echo "ran\n";' >www/p.php
echo '(display "ran\n")' >www/p.scm
echo 'print ran' >www/p.zsh
echo 'echo ran' >www/p.ksh
seq 1 9 >www/data.csv
serve www
# Compiled copies would be made in the home folder.
export GUILE_AUTO_COMPILE=0
daemon_start --mode enforce

try() {
  curl -sS --remote-name-all "$URL"/{p.rb,p.tcl,p.php,p.scm,p.zsh,p.ksh,data.csv}
  bash -c "$WAY" >out 2>&1 || true
  check_ran "$1"
}
near_and_far try <<'WAYS'
ruby p.rb
ruby < p.rb
ruby -e 'load "./p.rb"'
ruby -r ./p.rb -e 1
php p.php
php -f p.php
php < p.php
php -r 'require "p.php";'
tclsh p.tcl
tclsh < p.tcl
echo 'source p.tcl' > local.tcl; tclsh local.tcl
expect p.tcl
expect -f p.tcl
guile p.scm
guile -s p.scm
guile -c '(load "p.scm")'
zsh p.zsh
zsh -c '. ./p.zsh'
mksh p.ksh
mksh < p.ksh
WAYS

# Data is read by local programs.
data() {
  if [ "$1" = blocked ]; then try runs; fi
}
near_and_far data <<'WAYS'
ruby -e 'puts "ran" if File.readlines("data.csv").size == 9'
php -r 'if (count(file("data.csv")) == 9) echo "ran\n";'
echo 'set f [open data.csv]; if {[llength [read $f]] == 9} {puts ran}' > local.tcl; tclsh local.tcl
guile -c '(use-modules (ice-9 rdelim)) (call-with-input-file "data.csv" read-string) (display "ran\n")'
zsh -c 'while read -r i; do n=$i; done < data.csv; [ $n = 9 ] && echo ran'
WAYS
daemon_stop
