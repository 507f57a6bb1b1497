package keyboard

// Action is what a key does.
type Action string

// The actions. Type puts the key's rune into the text.
const (
	Type      Action = ""
	Shift     Action = "shift"
	Backspace Action = "backspace"
	Space     Action = "space"
	Digits    Action = "digits"   // to digits and signs, and back to letters
	Language  Action = "language" // to the next layout
)

// Key is one key of a layout.
type Key struct {
	Action Action
	Rune   rune // Type only, in lower case
	// Width is how many columns of the layout the key takes.
	Width float32
}

// Layout is one arrangement of keys: four rows, so that no change of layout moves anything else on the glass.
type Layout struct {
	Name string // language code, or "digits"
	// Label is what the language key shows while this layout is on.
	Label string
	// Columns is the width of the widest row in columns.
	Columns float32
	Rows    [4][]Key
	// Form is what a pad writes, with a 0 for each digit: the signs between come by themselves. "" where anything goes.
	Form string
}

// source describes a layout by the runes of its rows; the service keys go into the third and fourth row.
type source struct {
	name, label      string
	first, second    string
	third            string
	beforeSpace      string // letters that found no place above
	punctuation      string
	withoutShift     bool
	columns          float32
	spaceWidth       float32
	thirdServiceKeys float32 // width of shift and backspace
}

var sources = []source{
	{
		name: "ru", label: "РУ", first: "йцукенгшщзхъ", second: "фывапролджэё", third: "ячсмитьбю", punctuation: ",.",
		columns: 12, spaceWidth: 6, thirdServiceKeys: 1.5,
	},
	{
		name: "tt", label: "ТТ", first: "йцукенгшщзхъһ", second: "фывапролджэёә", third: "ячсмитьбюөү", beforeSpace: "җң",
		punctuation: ",.", columns: 13, spaceWidth: 5, thirdServiceKeys: 1,
	},
	{
		name: "en", label: "EN", first: "qwertyuiop", second: "asdfghjkl'", third: "zxcvbnm", punctuation: ",.",
		columns: 10, spaceWidth: 4.4, thirdServiceKeys: 1.5,
	},
	{
		name: "digits", first: "1234567890", second: "-/:;()№%«»", third: "?!+=\"_@#", punctuation: ",.",
		withoutShift: true, columns: 10, spaceWidth: 4.4, thirdServiceKeys: 2,
	},
}

// layouts are the sources built once.
var layouts = func() map[string]Layout {
	all := map[string]Layout{}
	for _, s := range sources {
		all[s.name] = s.build()
	}
	return all
}()

// Pads are layouts for what is typed in one alphabet: the number of a ticket, a number, a day, a telephone number, a mail address.
// They have no way to another layout.
const (
	TicketPad = "ticket"
	NumberPad = "number"
	DayPad    = "day"
	ClockPad  = "clock"
	MomentPad = "moment" // day and time of day
	PhonePad  = "phone"
	EmailPad  = "email"
)

func init() {
	forms := map[string]string{DayPad: "00.00.0000", ClockPad: "00:00", MomentPad: "00.00.0000 00:00", TicketPad: "000 000 0000"}
	for name, extra := range map[string]string{
		TicketPad: "", NumberPad: ",-", DayPad: ".", ClockPad: ":", MomentPad: ".:", PhonePad: "+",
	} {
		l := Layout{Name: name, Columns: 3, Form: forms[name]}
		for i, row := range []string{"123", "456", "789"} {
			for _, r := range row {
				l.Rows[i] = append(l.Rows[i], Key{Rune: r, Width: 1})
			}
		}
		for _, r := range extra {
			l.Rows[3] = append(l.Rows[3], Key{Rune: r, Width: 1 / float32(len(extra))})
		}
		zero := Key{Rune: '0', Width: 1}
		if extra == "" {
			zero.Width = 2
		}
		l.Rows[3] = append(l.Rows[3], zero, Key{Action: Backspace, Width: 1})
		layouts[name] = l
	}
	email := Layout{Name: EmailPad, Columns: 11}
	for i, row := range []string{"1234567890", "qwertyuiop", "asdfghjkl@", "zxcvbnm.-_"} {
		for _, r := range row {
			email.Rows[i] = append(email.Rows[i], Key{Rune: r, Width: 1})
		}
	}
	email.Rows[3] = append(email.Rows[3], Key{Action: Backspace, Width: 1})
	layouts[EmailPad] = email
}

func (s source) build() Layout {
	letters := func(text string) (keys []Key) {
		for _, r := range text {
			keys = append(keys, Key{Rune: r, Width: 1})
		}
		return keys
	}
	l := Layout{Name: s.name, Label: s.label, Columns: s.columns}
	l.Rows[0], l.Rows[1] = letters(s.first), letters(s.second)
	if !s.withoutShift {
		l.Rows[2] = append(l.Rows[2], Key{Action: Shift, Width: s.thirdServiceKeys})
	}
	l.Rows[2] = append(l.Rows[2], letters(s.third)...)
	l.Rows[2] = append(l.Rows[2], Key{Action: Backspace, Width: s.thirdServiceKeys})
	side := (s.columns - s.spaceWidth - float32(len([]rune(s.beforeSpace+s.punctuation)))) / 2
	l.Rows[3] = append(l.Rows[3], Key{Action: Digits, Width: side}, Key{Action: Language, Width: side})
	l.Rows[3] = append(l.Rows[3], letters(s.beforeSpace)...)
	l.Rows[3] = append(l.Rows[3], Key{Action: Space, Width: s.spaceWidth})
	l.Rows[3] = append(l.Rows[3], letters(s.punctuation)...)
	return l
}
