# Fills in what is known only where a task runs: each __NAME__ in the files below $1 becomes $TOKEN_NAME, and lines from
# `# if NAME` to `# end NAME` go where $TOKEN_NAME is empty. Fails, and with it the start of the task, when a name stays
# unfilled. For busybox; values go by the environment and never into a command line.
set -eu
cd "$1"
names=$(env | sed -n 's/^TOKEN_\([A-Z][A-Z0-9_]*\)=.*/\1/p')
find . -type f ! -name unpack.sh ! -name fill.sed | while read -r file; do
  for name in $(sed -n 's/^ *# if \([A-Z0-9_]*\)$/\1/p' "$file"); do
    eval "known=\${TOKEN_$name+yes}"
    [ -n "$known" ] || { echo "$file: no TOKEN_$name, which a part depends on" >&2; exit 1; }
  done
  grep -q '__[A-Z][A-Z0-9_]*__\|# if [A-Z]' "$file" || continue
  for name in $names; do
    eval "value=\$TOKEN_$name"
    if [ -z "$value" ]; then
      sed -i "/^ *# if $name\$/,/^ *# end $name\$/d" "$file"
    fi
    escaped=$(printf %s "$value" | sed 's/[\\&|]/\\&/g')
    printf 's|__%s__|%s|g\n' "$name" "$escaped" > fill.sed
    sed -i -f fill.sed "$file"
  done
  if grep -n '__[A-Z][A-Z0-9_]*__' "$file" >&2; then
    echo "$file: names that no TOKEN_ variable fills" >&2
    exit 1
  fi
done
rm -f fill.sed unpack.sh
