#!/bin/sh
# The generated pages in the tree are those that the .def files make today.
set -eu
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
mkdir "$made/completions"
"${BUILDDIR:-.}/docs/gendocs" "${SRCDIR:-.}/docs/templates" "$made"
status=0
for page in "$made"/* "$made"/completions/*; do
    [ -f "$page" ] || continue
    diff -u "${SRCDIR:-.}/docs/${page#"$made"/}" "$page" || status=1
done
[ $status = 0 ] || echo "run: make docs"
exit $status
