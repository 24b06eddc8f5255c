#!/bin/sh
# Launcher of %{label}: checks the headers of a program, and runs it if a command is given.
set -u

here=$0.runfiles/%{workspace}
[ -d "$here" ] || here=.
program=$here/%{program}

# bytes OFFSET COUNT: bytes of the program, in hexadecimal, the last one first: a little-endian number.
bytes() {
    od -A n -t x1 -j "$1" -N "$2" "$program" | tr -s ' \n' '\n\n' | sed -n '/./{G;h;$!d;s/\n//g;p;}'
}

number() {
    printf '%d' "0x$(bytes "$1" "$2")"
}

elf() {
    machine=$(bytes 18 2)
    # EI_DATA 2: the file is big-endian.
    [ "$(bytes 5 1)" = 01 ] || machine=$(printf '%s' "$machine" | sed 's/\(..\)\(..\)/\2\1/')
    case "$(bytes 4 1) $machine" in
        "02 003e") echo "elf amd64" ;;
        "02 00b7") echo "elf arm64" ;;
        "01 0003") echo "elf 386" ;;
        "01 0028") echo "elf arm" ;;
        "02 00f3") echo "elf riscv64" ;;
        "02 0015") echo "elf ppc64le" ;;
        "02 0016") echo "elf s390x" ;;
        *) echo "elf of machine 0x$machine" ;;
    esac
}

pe() {
    at=$(number 60 4)
    [ "$(bytes "$at" 4)" = 00004550 ] || { echo "an MZ file without a PE header"; return; }
    machine=$(bytes $((at + 4)) 2)
    case "$machine" in
        8664) echo "pe amd64" ;;
        aa64) echo "pe arm64" ;;
        014c) echo "pe 386" ;;
        *) echo "pe of machine 0x$machine" ;;
    esac
}

macho() {
    case "$(bytes 4 4)" in
        01000007) echo "macho amd64" ;;
        0100000c) echo "macho arm64" ;;
        *) echo "macho of type 0x$(bytes 4 4)" ;;
    esac
}

found() {
    case "$(bytes 0 4)" in
        464c457f) elf ;;
        feedfacf) macho ;;
        ????5a4d) pe ;;
        *) echo "neither ELF nor PE nor Mach-O" ;;
    esac
}

is=$(found)
if [ "$is" != "%{wanted}" ]; then
    echo "%{label}: the program is '$is', expected '%{wanted}'" >&2
    exit 1
fi
echo "$is"

verify() {
    %{verify}
}
verify || { echo "%{label}: the program does not fit its platform" >&2; exit 1; }

run() {
    %{command}
}

if [ -n '%{run}' ]; then
    wanted=%{stdout}
    output=$(run)
    code=$?
    printf '%s\n' "$output"
    if [ "$code" -ne "%{code}" ]; then
        echo "%{label}: exit code $code, expected %{code}" >&2
        exit 1
    fi
    if [ -n "$wanted" ] && [ "$output" != "$(printf '%s' "$wanted")" ]; then
        echo "%{label}: expected this output:" >&2
        printf '%s\n' "$wanted" >&2
        exit 1
    fi
fi
