package lint

import (
	"regexp"
	"strings"
	"unicode"
)

// pipes are the places of a text where an earlier answer is repeated.
var pipes = regexp.MustCompile(`\$\{[^}]*\}`)

// words returns the words of a text: letters and digits, with apostrophes inside.
func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' && r != '’' && !unicode.Is(unicode.Mn, r)
	})
}

func isNumber(word string) bool {
	return strings.IndexFunc(word, func(r rune) bool { return !unicode.IsDigit(r) }) < 0
}

// sentences splits a text after its full stops, question marks and line ends.
func sentences(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(".!?;\n", r) })
}

// quotes are names: what stands in them joins nothing.
var quotes = regexp.MustCompile(`«[^»]*»|“[^”]*”|"[^"]*"`)

func unquoted(text string) string { return quotes.ReplaceAllString(text, "…") }

// conjunctions join two things of which one answer judges both.
var conjunctions = map[string][]string{
	"ru": {"и", "а также"},
	"tt": {"һәм"},
	"en": {"and", "as well as"},
}

// pairing are words that need two things, so that a conjunction joins no questions.
var pairing = map[string]string{"ru": "между", "tt": "арасында", "en": "between"}

// together are phrases with a conjunction that name one thing.
var together = map[string][]string{
	"ru": {
		"и так далее", "и т д", "и др", "и другие", "и других", "и тому подобное", "до и после", "туда и обратно",
		"раз и навсегда", "вопросы и ответы", "и всё", "и все", "и ещё", "именно и",
	},
	"tt": {"һәм башкалар", "һәм башка"},
	"en": {
		"and so on", "and others", "and the like", "before and after", "there and back", "terms and conditions",
		"questions and answers", "again and again", "more and more", "by and large", "up and running",
	},
}

// phrase is a wording that suggests an answer.
type phrase struct {
	phrase  string
	unless  []string // what balances it
	instead string
}

// loaded are wordings that name only the good answer, or ask to agree.
var loaded = map[string][]phrase{
	"ru": {
		{"насколько вам понравил", []string{"не понравил"}, "Как вы оцениваете …?"},
		{"как вам понравил", []string{"не понравил"}, "Как вы оцениваете …?"},
		{"вам понравил", []string{"не понравил", "или нет", "ли "}, "Как вам …?"},
		{"насколько вы довольны", []string{"недовольны", "не довольны"}, "Как вы оцениваете …?"},
		{"насколько вы удовлетворены", []string{"неудовлетворены", "не удовлетворены"}, "Как вы оцениваете …?"},
		{"насколько хорош", []string{"плох"}, "Как вы оцениваете …?"},
		{"насколько полезн", []string{"бесполез"}, "Какую пользу …?"},
		{"насколько приятн", nil, "Как вам …?"},
		{"насколько вежлив", []string{"невежлив", "груб"}, "Как с вами разговаривали?"},
		{"насколько удобн", []string{"неудобн"}, "Как вам …?"},
		{"правда ли что", nil, "Как вы оцениваете …?"},
		{"не правда ли", nil, "Как вы оцениваете …?"},
		{"согласны ли вы что", nil, "Как вы оцениваете …?"},
		{"вы согласны что", nil, "Как вы оцениваете …?"},
		{"согласитесь", nil, "Как вы оцениваете …?"},
	},
	"tt": {
		{"никадәр ошады", []string{"ошамады"}, "… ничек бәялисез?"},
		{"сезгә ошадымы", []string{"әллә", "ошамадымы"}, "… ничек бәялисез?"},
		{"никадәр канәгать", []string{"канәгать түгел"}, "… ничек бәялисез?"},
		{"никадәр файдалы", []string{"файдасыз"}, "… файдасын ничек бәялисез?"},
		{"никадәр яхшы", []string{"начар"}, "… ничек бәялисез?"},
		{"никадәр уңайлы", []string{"уңайсыз"}, "… ничек бәялисез?"},
		{"никадәр әдәпле", []string{"тупас"}, "Сезнең белән ничек сөйләштеләр?"},
		{"дөрес түгелме", nil, "… ничек бәялисез?"},
	},
	"en": {
		{"how satisfied", []string{"dissatisfied", "or not"}, "How would you rate …?"},
		{"how happy", []string{"unhappy"}, "How would you rate …?"},
		{"how pleased", []string{"displeased"}, "How would you rate …?"},
		{"how much did you like", []string{"dislike"}, "How was …?"},
		{"how much did you enjoy", nil, "How was …?"},
		{"did you like", []string{"or not", "dislike"}, "How was …?"},
		{"did you enjoy", []string{"or not"}, "How was …?"},
		{"how good", []string{"bad"}, "How was …?"},
		{"how great", nil, "How was …?"},
		{"how useful", []string{"useless"}, "What use was …?"},
		{"how helpful", []string{"unhelpful"}, "What help was …?"},
		{"how friendly", []string{"unfriendly"}, "How were you received?"},
		{"how polite", []string{"impolite", "rude"}, "How did our staff talk with you?"},
		{"how convenient", []string{"inconvenient"}, "How was …?"},
		{"don't you", nil, "How would you rate …?"},
		{"wouldn't you", nil, "How would you rate …?"},
		{"do you agree that", nil, "How would you rate …?"},
	},
}

// negations turn a word round, so that nothing is said about it.
var negations = map[string][]string{
	"ru": {"не", "ни", "нет", "без", "никогда", "никто", "ничего"},
	"tt": {"түгел", "юк", "бер", "беркайчан", "беркем"},
	"en": {"not", "no", "never", "without", "nobody", "nothing", "neither", "nor", "cannot"},
}

// goodWords and badWords are beginnings of words at the ends of scales and in statements.
var (
	goodWords = map[string][]string{
		"ru": {
			"отличн", "хорош", "прекрасн", "замечательн", "превосходн", "легко", "лёгк", "прост", "удобн", "довол",
			"согласен", "вежлив", "понятн", "быстр",
		},
		"tt": {
			"яхшы", "бик яхшы", "искиткеч", "җиңел", "гади", "уңайлы", "канәгать", "риза", "әдәпле", "аңлаешлы",
			"тиз",
		},
		"en": {
			"excellent", "good", "great", "wonderful", "easy", "simple", "comfortable", "convenient", "satisfied",
			"agree", "polite", "clear", "fast", "best",
		},
	}
	badWords = map[string][]string{
		"ru": {
			"плох", "ужасн", "отвратительн", "трудн", "сложн", "неудобн", "недовол", "несоглас", "груб", "невежлив",
			"непонятн", "медленн", "долго ждать", "долго ждал", "пришлось долго", "запутан",
		},
		"tt": {
			"начар", "коточкыч", "авыр", "кыен", "уңайсыз", "канәгатьсез", "тупас", "аңлаешсыз", "озак көт",
			"әкрен",
		},
		"en": {
			"bad", "poor", "terrible", "awful", "difficult", "hard to", "uncomfortable", "inconvenient",
			"dissatisfied", "disagree", "rude", "impolite", "confusing", "slow", "too long", "worst", "unclear",
		},
	}
)
