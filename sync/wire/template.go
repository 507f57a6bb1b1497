package wire

// template is a glossary cut into tokens. Packing tells how an answer differs from walking along it.
type template struct {
	tokens []string
	first  map[string]int      // where a token stands first
	pairs  map[[2]string][]int // where two tokens stand one after the other
}

func newTemplate(glossary []byte) *template {
	t := &template{first: map[string]int{}, pairs: map[[2]string][]int{}}
	t.tokens = lex(nil, string(glossary))
	for i, token := range t.tokens {
		if _, known := t.first[token]; !known {
			t.first[token] = i
		}
		if i > 0 {
			pair := [2]string{t.tokens[i-1], token}
			t.pairs[pair] = append(t.pairs[pair], i-1)
		}
	}
	return t
}

// at returns the token at a position, "" past the end. No token is empty.
func (t *template) at(position int) string {
	if position < len(t.tokens) {
		return t.tokens[position]
	}
	return ""
}

// find returns the position from which the template goes on like tokens for longest, and at least for two of them.
func (t *template) find(tokens []string) (position int, found bool) {
	if len(tokens) < 2 {
		return 0, false
	}
	longest := 0
	for _, start := range t.pairs[[2]string{tokens[0], tokens[1]}] {
		n := 2
		for n < len(tokens) && t.at(start+n) == tokens[n] {
			n++
		}
		if n > longest {
			position, longest = start, n
		}
	}
	return position, longest > 0
}

// lex appends the tokens of JSON: strings with their quotes, runs of digits with a minus before, runs of lower-case
// letters, and single bytes. Put together again they are the text, whatever it is.
func lex(tokens []string, text string) []string {
	for i := 0; i < len(text); {
		end := i + 1
		switch c := text[i]; {
		case c == '"':
			for end < len(text) && text[end] != '"' {
				if text[end] == '\\' {
					end++
				}
				end++
			}
			end = min(end+1, len(text))
		case isDigit(c), c == '-':
			for end < len(text) && isDigit(text[end]) {
				end++
			}
		case isLower(c):
			for end < len(text) && isLower(text[end]) {
				end++
			}
		}
		tokens = append(tokens, text[i:end])
		i = end
	}
	return tokens
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isLower(c byte) bool { return 'a' <= c && c <= 'z' }

// isValue reports whether a token stands where a value or a name can: one may take another's place.
func isValue(token string) bool {
	return token != "" && (token[0] == '"' || token[0] == '-' || isDigit(token[0]) || isLower(token[0]))
}
