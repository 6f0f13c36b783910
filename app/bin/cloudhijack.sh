#!/bin/sh
# Splunk starts this script as the search command. It runs the program for the architecture of this
# machine. If there is none, or it does not run, the script answers Splunk's first request with an
# error message.

case $0 in
    */*) bin=${0%/*} ;;
    *) bin=. ;;
esac
machine=$(uname -m)
program=$bin/linux_$machine/cloudhijack

# After exec the script could no longer report an error. So a trial run first detects a file that is
# empty or damaged, or a program for another architecture.
if [ -f "$program" ]; then
    # The final ":" keeps the subshell from being replaced by the program: if the program crashes, the
    # subshell's message about it goes to /dev/null.
    case $(exec 2>/dev/null; "$program" --version </dev/null; :) in
        'cloudhijack '*) exec "$program" "$@" ;;
    esac
fi

# From here on the script prepares the error reply. In the C locale each byte is a character. No part
# of the input is ever evaluated.
LC_ALL=C
trap '' PIPE # Splunk may already have closed the pipe, which is not an error

case $machine in
    '' | *[!A-Za-z0-9_.-]*) machine=unknown ;;
esac
file=bin/linux_$machine/cloudhijack

if [ -f "$program" ]; then
    error="$file: does not run; its mode must be 755, its file system must not be mounted with \
noexec, and the file must be complete. To replace it, install the app from its package again."
else
    known=
    for folder in "$bin"/linux_*/; do
        [ -f "$folder/cloudhijack" ] || continue
        folder=${folder%/}
        known="$known ${folder##*/linux_}"
    done
    error="$file: missing; the architecture of this machine is $machine, and the app has programs \
for:${known:- none}. Install the app from its package again, or run the search on a machine of \
another architecture."
fi

# The request's header is "chunked 1.0,<metadata length>,<body length>".
IFS=', ' read -r magic version metadata body

is_length() {
    case $1 in
        '' | *[!0-9]* | 0?* | ???????????*) return 1 ;; # at most ten digits; a leading zero would mean octal
    esac
}

if [ "$magic $version" = 'chunked 1.0' ] && is_length "$metadata" && is_length "$body"; then
    head -c "$((metadata + body))" >/dev/null
fi

reply="{\"finished\":true,\"error\":\"$error\"}"
printf 'chunked 1.0,%s,0\n%s' "${#reply}" "$reply" 2>/dev/null
exit 0
