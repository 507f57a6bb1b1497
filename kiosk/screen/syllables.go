package screen

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// softHyphen is where an author lets a line end within a word: it shows only there, as a hyphen.
const softHyphen = "\u00ad"

// plain is a text without its soft hyphens.
func plain(text string) string { return strings.ReplaceAll(text, softHyphen, "") }

// seam is a place where a line may end within a word, in bytes from its beginning; hyphen says that a hyphen has to be put there.
type seam struct {
	at     int
	hyphen bool
}

// seams returns the seams of a word in their order: behind its own hyphens, and at its author's soft hyphens or else between
// syllables. An address or a number has none.
func seams(word string) (all []seam) {
	other := func(r rune) bool { return !unicode.IsLetter(r) && !strings.ContainsRune("-"+softHyphen, r) }
	first := strings.IndexFunc(word, unicode.IsLetter)
	end := strings.LastIndexFunc(word, unicode.IsLetter)
	if first < 0 || strings.ContainsFunc(word, unicode.IsDigit) || strings.ContainsFunc(word[first:end], other) {
		return nil
	}
	_, size := utf8.DecodeRuneInString(word[end:])
	end += size
	soft, from := strings.Contains(word, softHyphen), first
	for i := first; i <= end; i++ {
		switch {
		case i == end, word[i] == '-':
			if !soft {
				for _, n := range syllables(word[from:i]) {
					all = append(all, seam{from + n, true})
				}
			}
			if from = i + 1; i < end {
				all = append(all, seam{from, false})
			}
		case strings.HasPrefix(word[i:], softHyphen):
			all = append(all, seam{i, true})
		}
	}
	return all
}

// leastPart is the least number of letters before and behind a hyphen.
const leastPart = 2

const latin = "abcdefghijklmnopqrstuvwxyz"

// syllables returns where a word of letters can be hyphenated, in bytes from its beginning.
func syllables(word string) (at []int) {
	letters := []rune(strings.ToLower(word))
	seams := cyrillicSeams(letters)
	if strings.ContainsAny(string(letters), latin) {
		seams = englishSeams(letters)
	}
	runes := []rune(word)
	for _, n := range seams {
		if n >= leastPart && n <= len(runes)-leastPart {
			at = append(at, len(string(runes[:n])))
		}
	}
	return at
}

const (
	vowels = "аеёиоуыэюяәөү"
	closes = "йьъ" // end the syllable of the letters before them
	// starts are consonants that a syllable begins with where three and more meet; pairs stay together in Russian words where
	// there are no others: вы-плата, со-трудник.
	starts = " бр вр гр др кр пр тр фр бл вл гл кл пл фл ст ск сп св тв дв ств стр "
	pairs  = " бр вр гр др кр пр тр фр бл гл кл пл "
)

// cyrillicSeams are those of Russian and Tatar words: between two vowels, behind the letters that close a syllable, before a
// single consonant, and among several before the last or before those that begin a syllable.
func cyrillicSeams(letters []rune) (at []int) {
	tatar := strings.ContainsAny(string(letters), "әөүҗңһ")
	before := -1 // the vowel before
	for i, r := range letters {
		// behind a vowel у and ү are consonants in Tatar, сорау-лар; a Russian word has other seams
		if !strings.ContainsRune(vowels, r) || strings.ContainsRune("уү", r) && i > 0 && before == i-1 {
			continue
		}
		if before >= 0 {
			between := string(letters[before+1 : i])
			n := before + 1 + staying(between, tatar)
			if n < leastPart && i-n > 1 { // уп-равление
				n++
			}
			at = append(at, n)
		}
		before = i
	}
	return at
}

// staying returns how many of the consonants between two vowels stay with the first.
func staying(between string, tatar bool) int {
	n := utf8.RuneCountInString(between)
	start := func(set string, k int) bool { return strings.Contains(set, " "+string([]rune(between)[n-k:])+" ") }
	switch closed := strings.LastIndexAny(between, closes); {
	case closed >= 0:
		return utf8.RuneCountInString(between[:closed]) + 1
	case n < 2, n == 2 && !tatar && start(pairs, 2):
		return 0
	case n > 3 && start(starts, 3):
		return n - 3
	case n > 2 && start(starts, 2):
		return n - 2
	}
	return n - 1
}

const (
	englishVowels = "aeiouy"
	// inseparable are two letters of one sound.
	inseparable = " ch sh th ph wh gh ck ng qu "
	// englishStarts are consonants that a syllable begins with.
	englishStarts = " br cr dr fr gr pr tr bl cl fl gl pl sk sp st "
)

// endings are parts of English words that begin a line.
var endings = []string{"thing", "tion", "sion", "ment", "ness", "less", "ship", "ful", "ing"}

// englishSeams are few: English divides words by their origin. They are before its commonest endings and among several consonants.
func englishSeams(letters []rune) (at []int) {
	word, stem := string(letters), len(letters)
	for _, ending := range endings {
		if n := len(letters) - len(ending); strings.HasSuffix(word, ending) && strings.ContainsAny(word[:max(0, n)], englishVowels) {
			stem = n
			if ending == "ing" && n > 3 && letters[n-1] == letters[n-2] && !strings.ContainsRune("sl", letters[n-1]) { // run-ning
				stem--
			}
			break
		}
	}
	before := -1
	for i, r := range letters[:stem] {
		if !strings.ContainsRune(englishVowels, r) {
			continue
		}
		between := letters[before+1 : i]
		if n := len(between); before >= 0 && n > 1 {
			last := " " + string(between[n-2:]) + " "
			cut := i - 1
			switch {
			case n > 2 && strings.Contains(englishStarts+inseparable, last), n == 2 && last[2] == 'r' && strings.Contains(englishStarts, last):
				cut = i - 2
			case n == 2 && last[2] == 'l' && last[1] != 'l', // prin-ciples
				strings.Contains(inseparable, last), n > 2 && strings.Contains(inseparable, " "+string(between[n-3:n-1])+" "):
				cut = 0
			}
			if cut > 0 && sounds(string(letters[cut:stem])) {
				at = append(at, cut)
			}
		}
		before = i
	}
	if stem < len(letters) {
		at = append(at, stem)
	}
	return at
}

// sounds reports whether the end of a word is a syllable: its e may be silent.
func sounds(end string) bool {
	for _, silent := range []string{"e", "es", "ed"} {
		if rest, ok := strings.CutSuffix(end, silent); ok && !strings.HasSuffix(rest, "l") {
			return strings.ContainsAny(rest, englishVowels)
		}
	}
	return strings.ContainsAny(end, englishVowels)
}
