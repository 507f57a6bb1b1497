package keyboard

import "strings"

// Action is what a key does.
type Action string

// The actions. Type puts the key's rune into the text.
const (
	Type      Action = ""
	Shift     Action = "shift"
	Backspace Action = "backspace"
	Space     Action = "space"
	Digits    Action = "digits"   // to digits and signs, and back to letters
	Language  Action = "language" // to the next layout of letters
)

// Key is one key of a layout.
type Key struct {
	Action Action
	Rune   rune // Type only, in lower case
	// Width is how many columns of the layout the key takes.
	Width float32
}

// Layout is one arrangement of keys.
type Layout struct {
	Name string // language code, "digits", or that of a pad
	// Label is what the language key shows while this layout is on.
	Label string
	// Columns is the width of the widest row in columns.
	Columns int
	Rows    [][]Key
	// Form is what a pad writes, with a 0 for each digit: the signs between come by themselves. "" where anything goes.
	Form string
}

// Room is how many keys of the least size have a place side by side, and how many rows of them are wanted at most.
type Room struct{ Columns, Rows int }

// Pads are layouts for what is typed in one alphabet: the number of a ticket, a number, a day, a telephone number, a mail
// address; of IT staff, the digits of a PIN, and addresses and codes of enrolment. They have no way to another layout.
const (
	TicketPad  = "ticket"
	NumberPad  = "number"
	DayPad     = "day"
	ClockPad   = "clock"
	MomentPad  = "moment" // day and time of day
	PhonePad   = "phone"
	EmailPad   = "email"
	PinPad     = "pin"
	AddressPad = "address"
)

// services are the signs of keys that write nothing, or a space, in the rows of an arrangement.
var services = map[rune]Action{'⇧': Shift, '⌫': Backspace, '␣': Space, '①': Digits, '⚑': Language}

// source is a layout in all its arrangements, the best first. Each is written as its rows, a sign for a column: a sign that
// is repeated is a wider key, and what a row lacks goes to its service keys, but for the space. Where the familiar rows have no
// room, their left part stands as it is and their right part under it.
type source struct {
	label, form  string
	columns      int // 0 for as many as the longest row has signs
	arrangements []string
}

var sources = map[string]source{
	"ru": {label: "РУ", arrangements: []string{
		"йцукенгшщзхъ фывапролджэё ⇧ячсмитьбю⌫ ①⚑␣␣␣␣␣␣,.",
		"йцукенгшщзх фывапролджэ ⇧ячсмитьбю⌫ ①⚑␣␣␣␣ёъ,.",
		"йцукенгшщз фывапролдж ячсмитьбю⌫ ⇧хъэё,.?! ①⚑␣␣␣␣␣␣",
		"йцукенгш фывапрол ячсмитьб щзхъджэё ⇧ю,.?!⌫ ①⚑␣␣␣␣␣",
		"йцукенг фывапро ячсмить шщзхъбю ⇧лджэё⌫ ①⚑␣␣,.",
		"йцукен фывапр ячсмит гшщзхъ олджэё ⇧ьбю,⌫ ①⚑␣␣.",
	}},
	"tt": {label: "ТТ", arrangements: []string{
		"йцукенгшщзхъһ фывапролджэёә ⇧ячсмитьбюөү⌫ ①⚑җң␣␣␣␣␣,.",
		"йцукенгшщз фывапролдж ячсмитьбю⌫ хъэёәөүҗңһ ⇧①⚑␣␣␣␣,.",
		"йцукенгшщзх фывапролджэ ⇧ячсмитьбю⌫ ①әөү␣␣җңһёъ", // the other languages and signs are behind the digits
		"йцукенгш фывапрол ячсмитьб щзхъджэё юәөүҗңһ⌫ ⇧①⚑␣␣,.",
		"йцукенг фывапро ячсмить шщзхъбю ⇧лджэё⌫ әөүҗңһ, ①⚑␣␣␣.",
		"йцукен фывапр ячсмит гшщзхъ олджэё ⇧ьбю,⌫ әөүҗңһ ①⚑␣␣.",
	}},
	"en": {label: "EN", arrangements: []string{
		"qwertyuiop asdfghjkl' ⇧zxcvbnm⌫ ①⚑␣␣␣␣,.",
		"qwertyui asdfghjk zxcvbnm⌫ ⇧opl',. ①⚑␣␣␣␣␣",
		"qwerty asdfgh zxcvbn uiop', ⇧jklm⌫ ①⚑␣␣.",
	}},
	"digits": {arrangements: []string{
		`1234567890 -/:;()№%«» ?!+="_@#⌫ ①⚑␣␣␣␣,.`,
		`12345-/: 67890;() №%«»?!+= "_@#,.⌫ ①⚑␣␣␣␣␣`,
		`12345- 67890/ :;()№% «»?!+= "_@#,⌫ ①⚑␣␣.`,
	}},
	EmailPad: {arrangements: []string{
		"1234567890 qwertyuiop asdfghjkl@ zxcvbnm.-_⌫",
		"1234567890 qwertyuiop asdfghjkl zxcvbnm⌫ @.-_",
		"12345 67890 qwertyui asdfghjk zxcvbnm⌫ opl@.-_",
		"12345@. 67890-_ qwertyu asdfghj zxcvbnm iopkl⌫",
		"12345@ 67890⌫ qwerty asdfgh zxcvbn uiop.- jklm_",
	}},
	AddressPad: {arrangements: []string{
		"1234567890# qwertyuiop- asdfghjkl:/ zxcvbnm._⌫",
		"1234567890 qwertyuiop asdfghjkl⌫ zxcvbnm .-:/_#",
		"12345# 67890_ qwertyui asdfghjk zxcvbnm⌫ opl.-:/",
		"12345#_ 67890⌫ qwertyu asdfghj zxcvbnm iopkl .-:/",
		"12345 67890⌫ qwerty asdfgh zxcvbn uiop jklm .-:/_#",
	}},
	TicketPad: {form: "000 000 0000", columns: 3, arrangements: []string{"112233 445566 778899 0000⌫⌫"}},
	PinPad:    {columns: 3, arrangements: []string{"112233 445566 778899 0000⌫⌫"}},
	NumberPad: {columns: 3, arrangements: []string{"112233 445566 778899 ,-00⌫⌫"}},
	DayPad:    {form: "00.00.0000", columns: 3, arrangements: []string{"112233 445566 778899 ..00⌫⌫"}},
	ClockPad:  {form: "00:00", columns: 3, arrangements: []string{"112233 445566 778899 ::00⌫⌫"}},
	MomentPad: {form: "00.00.0000 00:00", columns: 3, arrangements: []string{"112233 445566 778899 .:00⌫⌫"}},
	PhonePad:  {columns: 3, arrangements: []string{"112233 445566 778899 ++00⌫⌫"}},
}

// layouts are the sources built once: the arrangements of each layout, the best first.
var layouts = func() map[string][]Layout {
	all := map[string][]Layout{}
	for name, s := range sources {
		for _, rows := range s.arrangements {
			all[name] = append(all[name], s.build(name, strings.Fields(rows)))
		}
	}
	return all
}()

// choose returns the best arrangement of a layout for a room; where none keeps to its rows the best of its width, and where
// none has that either the narrowest, which is the last.
func choose(name string, r Room) Layout {
	all := layouts[name]
	chosen := all[len(all)-1]
	for i := len(all) - 1; i >= 0; i-- {
		if l := all[i]; l.Columns <= r.Columns && (len(l.Rows) <= r.Rows || len(chosen.Rows) > r.Rows) {
			chosen = l
		}
	}
	return chosen
}

func (s source) build(name string, rows []string) Layout {
	signs := 0
	for _, row := range rows {
		signs = max(signs, len([]rune(row)))
	}
	l := Layout{Name: name, Label: s.label, Form: s.form, Columns: s.columns}
	if l.Columns == 0 {
		l.Columns = signs
	}
	width := float32(l.Columns) / float32(signs)
	for _, row := range rows {
		l.Rows = append(l.Rows, stretch(keys(row, width), float32(l.Columns)))
	}
	return l
}

// keys are the keys of a row, each sign so many columns wide.
func keys(row string, width float32) (keys []Key) {
	last := rune(0)
	for _, sign := range row {
		if sign == last {
			keys[len(keys)-1].Width += width
			continue
		}
		last = sign
		k := Key{Action: services[sign], Width: width}
		if k.Action == Type {
			k.Rune = sign
		}
		keys = append(keys, k)
	}
	return keys
}

// stretch gives what a row lacks of its columns to its service keys, if it has any.
func stretch(keys []Key, columns float32) []Key {
	var wide []*Key
	for i, k := range keys {
		columns -= k.Width
		if k.Action != Type && k.Action != Space {
			wide = append(wide, &keys[i])
		}
	}
	for _, k := range wide {
		k.Width += columns / float32(len(wide))
	}
	return keys
}
