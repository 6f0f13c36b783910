#!/bin/sh
# Splunk starts this file as the search command. It hands over to the program for this machine;
# where there is none, it answers Splunk's first request with an error in words.

case $0 in
    */*) bin=${0%/*} ;;
    *) bin=. ;;
esac
machine=$(uname -m)
program=$bin/linux_$machine/cloudhijack

# The trial run finds what exec cannot take back: an empty or damaged file, another machine's program.
if [ -f "$program" ]; then
    # The last command keeps the subshell there to tell nobody of a crash.
    case $(exec 2>/dev/null; "$program" --version </dev/null; :) in
        'cloudhijack '*) exec "$program" "$@" ;;
    esac
fi

# From here on: the error reply. Bytes are bytes, and nothing of the input is ever evaluated.
LC_ALL=C
trap '' PIPE # Splunk may be gone; that is no error

case $machine in
    '' | *[!A-Za-z0-9_.-]*) machine=unknown ;;
esac
file=bin/linux_$machine/cloudhijack

if [ -f "$program" ]; then
    error="$file does not run. Its mode must be 755, the file system must not be mounted with \
noexec, and the file must be whole: install the app from its package again."
else
    known=
    for folder in "$bin"/linux_*/; do
        [ -f "$folder/cloudhijack" ] || continue
        folder=${folder%/}
        known="$known ${folder##*/linux_}"
    done
    error="The app has no program for this machine, which is of the kind $machine: $file is \
missing. There are programs for:${known:- none}. Install the app from its package again, or search \
on a machine of another kind."
fi

# The request's header is "chunked 1.0,<metadata length>,<body length>".
IFS=', ' read -r magic version metadata body

is_length() {
    case $1 in
        '' | *[!0-9]* | 0?* | ???????????*) return 1 ;; # at most ten digits, and none is octal
    esac
}

if [ "$magic $version" = 'chunked 1.0' ] && is_length "$metadata" && is_length "$body"; then
    head -c "$((metadata + body))" >/dev/null
fi

reply="{\"finished\":true,\"error\":\"$error\"}"
printf 'chunked 1.0,%s,0\n%s' "${#reply}" "$reply" 2>/dev/null
exit 0
