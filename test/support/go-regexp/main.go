// Makes test/fixtures/go-regexp.jsonl: patterns and texts at random, with what Go's regexp makes of them.
// go run test/support/go-regexp/main.go > test/fixtures/go-regexp.jsonl
// Each line: [pattern, error or null, [[text, whether it matches], …]]; a text that is no UTF-8 is {"hex": …}.
package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"regexp"
	"strings"
	"unicode/utf8"
)

var random = rand.New(rand.NewSource(20))

func pick(list []string) string { return list[random.Intn(len(list))] }

var chars = []string{"a", "b", "c", "k", "s", "A", "B", "K", "1", "9", "_", " ", "-", ".", "\n", "\r", "é", "É", "α", "ς", "Σ", "ſ", "K", "ß", "😀", "\u00a0", "\u2028"}

var atoms = []string{
	"a", "b", "c", "k", "s", "é", "α", "Σ", "😀", ".", "[ab]", "[^a]", "[a-c]", "[]a]", "[^]a]", "[a-]", "[-a]", `[\d_]`, `[^\w]`, `[\S]`, `[[:alpha:]]`,
	`[[:^alpha:]1]`, `[^[:space:]]`, `[\pL\d]`, `[^\PL]`, `\d`, `\D`, `\w`, `\W`, `\s`, `\S`, `\pL`, `\PL`, `\p{Greek}`, `\P{Greek}`, `\p{^Greek}`, `\p{Lu}`,
	`\p{Ll}`, `\pN`, `\p{Zs}`, `\x41`, `\x{41}`, `\x{1F600}`, `\101`, `\.`, `\-`, `\n`, `\t`, `\r`, `\Qa.b\E`, `\Q\E`, `\Q*`, "^", "$", `\A`, `\z`, `\b`, `\B`,
	"{", "}", "{,2}", "{a}", "]", "-", `[\x{61}-\x63]`, `[\n]`, `\x{FFFD}`, `[^\x00-\x7F]`, `\a`, `[k]`, `[^s]`, `[\p{Lu}]`,
}

var broken = []string{
	`\Z`, `\h`, `\1`, `\8`, `\C`, `\`, `\x`, `\x4`, `\xg1`, `\x{`, `\x{}`, `\x{zz}`, `\x{110000}`, `\p`, `\p{`, `\p{Nobody}`, `\pX`, "[", "[a", `[a\`, "[b-a]", `[a-\d]`,
	"[[:foo:]]", "[[:alpha:", "(", ")", "*", "+", "?", "{2}", "a**", "a*{2}", "a{2}{3}", "a{1001}", "a{3,2}", "a{99999999999}", "(?=a)", "(?!a)", "(?<=a)", "(?<!a)", "(?P=n)",
	"(?P<n", "(?P<n-m>a)", "(?<>a)", "(?i", "(?", "(?i-", "(?i-)", "(?-)", "(?z)", "(?i-z:a)", "(?P<n>a)(?P<n>b)", "(a{10}){101}", "((a{10}){10}){11}", "(?P", "(?P<", `\é`, `[\é]`, `\Ea`,
	"a|*", "(|+)", "a{1,1001}", "(?U-", `[\h]`, `[a-\h]`, "[^]", "[]", "[^", "a++", "a??*", `\Q`, `[[:word:]`,
}

var repeats = []string{"*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,1}", "{2,}", "{0}", "{0,0}", "{1,3}?"}
var opens = []string{"(", "(?:", "(?P<n>", "(?<m>", "(?i:", "(?s:", "(?m:", "(?U:", "(?-i:", "(?im-s:", "(?i-m:"}
var flags = []string{"(?i)", "(?m)", "(?s)", "(?U)", "(?-i)", "(?is)", "(?ms)", "(?m-s)", "(?i-s)"}

func pattern(depth int) string {
	out := ""
	for n := random.Intn(4) + 1; n > 0; n-- {
		switch kind := random.Intn(20); {
		case kind == 0:
			out += pick(flags)
		case kind < 4 && depth > 0:
			out += pick(opens) + pattern(depth-1) + ")"
		case kind == 4:
			out += "|"
		default:
			out += pick(atoms)
		}
		if random.Intn(4) == 0 {
			out += pick(repeats)
		}
	}
	return out
}

func text() string {
	out := ""
	for n := random.Intn(8); n > 0; n-- {
		if random.Intn(25) == 0 {
			out += string([]byte{byte(0x80 + random.Intn(128))})
		} else {
			out += pick(chars)
		}
	}
	return out
}

func encode(text string) any {
	if utf8.ValidString(text) {
		return text
	}
	return map[string]string{"hex": hex.EncodeToString([]byte(text))}
}

func judge(source string, texts []string) {
	line := []any{source, nil, [][]any{}}
	compiled, err := regexp.Compile(source)
	if err != nil {
		line[1] = strings.TrimPrefix(err.Error(), "error parsing regexp: ")
	} else {
		pairs := [][]any{}
		for _, one := range texts {
			pairs = append(pairs, []any{encode(one), compiled.MatchString(one)})
		}
		line[2] = pairs
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(line); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	for _, source := range broken {
		judge(source, []string{"", "a", "aa", text(), text()})
	}
	for _, source := range atoms {
		judge(source, chars)
		judge("(?i)^"+source+"$", chars)
	}
	for n := 0; n < 900; n++ {
		texts := []string{}
		for len(texts) < 5 {
			texts = append(texts, text())
		}
		judge(pattern(2), texts)
	}
}
