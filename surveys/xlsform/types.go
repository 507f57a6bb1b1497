package xlsform

import (
	"regexp"
	"slices"
	"strings"

	"otklik/surveys"
)

// role is what a row of the sheet survey does.
type role int

const (
	asks       role = iota
	begins          // a group
	ends            // a group
	records         // a value of the response's own, such as its start
	impossible      // what cannot be carried
)

// typeSpec is what is known of a type of XLSForm.
type typeSpec struct {
	role role
	kind surveys.QuestionKind   // unless the appearance or otklik::kind says otherwise
	also []surveys.QuestionKind // what otklik::kind can say
	list bool                   // the name of a list follows
	// value is the calculation or, with a $, the source of the terminal's that stands in for a recorded value when other
	// rows name it; "" when nothing does.
	value string
	// why is the way out for what cannot be carried, and what becomes of a recorded value.
	why string
}

const (
	noPlace  = "no question about places: the terminal stands in one; a choice of places can be a select_one"
	noMedia  = "a question answered by a tap or by typing; the terminal records no pictures, sound or files"
	noFile   = "the list on the sheet choices (up to 500 entries with the appearance minimal)"
	noRepeat = "the questions written out as often as they are needed, each group with its relevant"
)

// types are the types of XLSForm by name, in the form of snakeCase.
var types = map[string]typeSpec{
	"text":     {kind: surveys.ShortText, also: []surveys.QuestionKind{surveys.LongText, surveys.Phone, surveys.Email}},
	"integer":  {kind: surveys.NumberEntry, also: scaleKinds},
	"decimal":  {kind: surveys.NumberEntry},
	"range":    {kind: surveys.Slider, also: scaleKinds},
	"note":     {kind: surveys.Information},
	"date":     {kind: surveys.Date},
	"time":     {kind: surveys.Time},
	"datetime": {kind: surveys.DateTime},
	"select_one": {
		kind: surveys.SingleChoice, list: true,
		also: []surveys.QuestionKind{surveys.PictureChoice, surveys.Dropdown, surveys.YesNo},
	},
	"select_multiple": {kind: surveys.MultipleChoice, list: true},
	"rank":            {kind: surveys.Ranking, list: true},
	"acknowledge":     {kind: surveys.YesNo, also: []surveys.QuestionKind{surveys.Consent}},
	"calculate":       {kind: surveys.Calculated},
	"hidden":          {kind: surveys.Hidden},
	"phone_number":    {kind: surveys.Phone},
	"signature":       {kind: surveys.Signature},
	"percentage":      {kind: surveys.NumberEntry},

	"begin_group": {role: begins},
	"end_group":   {role: ends},

	"start":    {role: records, value: "now()", why: "the start of each response is recorded anyway"},
	"end":      {role: records, why: "the end of each response is recorded anyway"},
	"today":    {role: records, value: "today()", why: "the day of each response is recorded anyway"},
	"deviceid": {role: records, value: "$terminal", why: "the terminal of each response is recorded anyway"},
	"audit":    {role: records, why: "how long each question took is recorded anyway; places and the names of users are not"},
	"username": {role: records, why: "a terminal has no users"}, "email": {role: records, why: "a terminal has no users"},
	"phonenumber":  {role: records, why: "a terminal has no telephone number"},
	"simserial":    {role: records, why: "a terminal has no SIM card"},
	"subscriberid": {role: records, why: "a terminal has no SIM card"},

	"begin_repeat": {role: impossible, why: noRepeat}, "end_repeat": {role: impossible, why: noRepeat},
	"begin_loop": {role: impossible, why: noRepeat + "; a table of several things is a group with the appearance table-list"},
	"end_loop":   {role: impossible, why: noRepeat},
	"geopoint":   {role: impossible, why: noPlace}, "geotrace": {role: impossible, why: noPlace},
	"geoshape": {role: impossible, why: noPlace}, "start-geopoint": {role: impossible, why: noPlace},
	"background-geopoint": {role: impossible, why: noPlace}, "osm": {role: impossible, why: noPlace},
	"image": {role: impossible, why: noMedia + "; a signature is an image with the appearance signature"},
	"audio": {role: impossible, why: noMedia}, "video": {role: impossible, why: noMedia}, "file": {role: impossible, why: noMedia},
	"background-audio":          {role: impossible, why: noMedia},
	"barcode":                   {role: impossible, why: "a text or integer to type what the code says"},
	"select_one_from_file":      {role: impossible, why: noFile},
	"select_multiple_from_file": {role: impossible, why: noFile},
	"select_one_external":       {role: impossible, why: noFile},
	"rank_from_file":            {role: impossible, why: noFile},
	"cascading_select":          {role: impossible, why: "one select_one for each level, with a choice_filter"},
	"xml-external":              {role: impossible, why: noFile},
	"csv-external":              {role: impossible, why: noFile},
	"include":                   {role: impossible, why: "the questions of the other form written into this one"},
}

var scaleKinds = []surveys.QuestionKind{surveys.Smiley, surveys.Stars, surveys.NPS, surveys.Agreement}

// typeAliases are other names of types, in the form of snakeCase.
var typeAliases = map[string]string{
	"string": "text", "q_string": "text", "add_text_prompt": "text", "int": "integer", "q_int": "integer",
	"add_integer_prompt": "integer", "add_decimal_prompt": "decimal", "add_note_prompt": "note", "q_note": "note",
	"add_date_prompt": "date", "q_date": "date", "add_time_prompt": "time", "q_time": "time", "add_datetime_prompt": "datetime",
	"date_time": "datetime", "add_date_time_prompt": "datetime", "q_datetime": "datetime", "trigger": "acknowledge",
	"q_acknowledge": "acknowledge", "add_acknowledge_prompt": "acknowledge", "calculation": "calculate", "q_calculate": "calculate",
	"phone": "phone_number", "number_of_days_in_last_month": "integer", "photo": "image", "q_image": "image", "add_image_prompt": "image",
	"add_photo_prompt": "image", "add_audio_prompt": "audio", "add_video_prompt": "video", "add_file_prompt": "file",
	"add_barcode_prompt": "barcode", "gps": "geopoint", "location": "geopoint", "q_geopoint": "geopoint", "add_location_prompt": "geopoint",
	"imei": "deviceid", "device_id": "deviceid", "get_device_id": "deviceid", "uri:deviceid": "deviceid", "uri:username": "username",
	"uri:email": "email", "uri:phonenumber": "phonenumber", "uri:simserial": "simserial", "uri:subscriberid": "subscriberid",
	"start_time": "start", "get_start_time": "start", "end_time": "end", "get_end_time": "end", "get_today": "today",
	"sim_id": "simserial", "get_sim_id": "simserial", "subscriber_id": "subscriberid", "get_subscriber_id": "subscriberid",
	"get_phone_number": "phonenumber", "begin_lgroup": "begin_repeat", "begin_looped_group": "begin_repeat",
	"end_lgroup": "end_repeat", "end_looped_group": "end_repeat", "begin": "begin_group", "end_of_group": "end_group",
}

var (
	selectShape = regexp.MustCompile(`(?i)^(?:add[ _]select[ _](one|multiple)[ _]prompt[ _]using|select[ _]?(one|1|multiple|all[ _]that[ _]apply)(?:[ _]from)?|(rank))\s+(.+)$`)
	otherShape  = regexp.MustCompile(`(?i)\s+(?:or[ _]other|or[ _]specify[ _]other)$`)
	blockShape  = regexp.MustCompile(`(?i)^(begin|end)[ _]?(repeat|loop|lgroup|looped[ _]group|group)\b`)
)

// typeCell is a cell of the column type.
type typeCell struct {
	name  string // as in types
	list  string
	other bool // or_other
	spec  typeSpec
	known bool
}

func parseType(cell string) typeCell {
	cell = strings.Join(strings.Fields(cell), " ")
	if t := (typeCell{name: aliasedType(snakeCase(cell))}); hasType(t.name) && !types[t.name].list {
		t.spec, t.known = types[t.name], true
		return t
	}
	first, _, _ := strings.Cut(cell, " ")
	if t := (typeCell{name: aliasedType(snakeCase(first))}); hasType(t.name) && types[t.name].role == impossible {
		t.spec, t.known = types[t.name], true
		return t
	}
	if m := blockShape.FindStringSubmatch(cell); m != nil {
		t := typeCell{name: aliasedType(snakeCase(m[1] + " " + m[2]))}
		t.spec, t.known = types[t.name], hasType(t.name)
		return t
	}
	m := selectShape.FindStringSubmatch(cell)
	if m == nil {
		return typeCell{name: cell}
	}
	t := typeCell{name: "select_one", list: otherShape.ReplaceAllString(m[4], "")}
	t.other = t.list != m[4]
	switch {
	case m[3] != "":
		t.name = "rank"
	case strings.EqualFold(m[1], "multiple") || strings.EqualFold(m[2], "multiple") || strings.HasPrefix(strings.ToLower(m[2]), "all"):
		t.name = "select_multiple"
	}
	t.spec, t.known = types[t.name], true
	return t
}

func aliasedType(name string) string {
	if to, ok := typeAliases[name]; ok {
		return to
	}
	return name
}

func hasType(name string) bool {
	_, ok := types[name]
	return ok
}

// shape is what decides the kind of a question, besides otklik::kind.
type shape struct {
	typ        string   // as in types
	appearance []string // its words
	rating     bool     // a range from 1 to 5 in steps of 1
	choices    int
	pictures   bool // every choice has one
}

// maxTiles is how many choices a question can have that shows them all.
const maxTiles = 30

// kind returns what a question is asked as.
func (s shape) kind() surveys.QuestionKind {
	has := func(words ...string) bool {
		return slices.ContainsFunc(s.appearance, func(w string) bool { return slices.Contains(words, w) })
	}
	switch {
	case s.typ == "text" && has("multiline"):
		return surveys.LongText
	case s.typ == "range" && s.rating && has("rating"):
		return surveys.Stars
	case s.typ == "select_one" && (s.choices > maxTiles || has("minimal", "autocomplete", "autocomplete_chars", "search")):
		return surveys.Dropdown
	case s.typ == "select_one" && s.pictures && !has("label", "list-nolabel"):
		return surveys.PictureChoice
	}
	return types[s.typ].kind
}

// looks are the words of the column appearance. Those without a reason are understood, or ask for what the terminal does
// anyway; the others are warnings.
var looks = map[string]string{
	"multiline": "", "minimal": "", "autocomplete": "", "autocomplete_chars": "", "search": "", "quick": "", "quickcompact": "",
	"likert": "", "field-list": "", "table-list": "", "signature": "", "rating": "", "label": "", "list-nolabel": "",
	"horizontal": "", "no-ticks": "", "slider": "", "numbers": "", "thousands-sep": "", "no-calendar": "", "draw": "",
}

// refusedLooks would change what is asked.
var refusedLooks = []struct {
	begins string
	types  []string // only these; all when empty
	why    string
}{
	{"ex:", nil, "a question that the terminal asks itself; it starts no other program"},
	{"intent:", nil, "a question that the terminal asks itself; it starts no other program"},
	{"printer:", nil, "no printing; the terminal has no printer"},
	{"search(", nil, noFile},
	{"month-year", nil, "an integer or a select_one for the month and one for the year"},
	{"year", []string{"date", "datetime"}, "an integer for the year, with a constraint"},
	{"ethiopian", nil, "a date of the common calendar"},
	{"coptic", nil, "a date of the common calendar"},
	{"islamic", nil, "a date of the common calendar"},
	{"persian", nil, "a date of the common calendar"},
	{"bikram-sambat", nil, "a date of the common calendar"},
	{"myanmar", nil, "a date of the common calendar"},
	{"buddhist", nil, "a date of the common calendar"},
	{"image-map", nil, "a select_one with a picture for each choice"},
	{"annotate", nil, noMedia},
	{"masked", nil, "no secrets; an answer is sealed, but shown while it is typed"},
	{"bearing", nil, noPlace},
	{"map", []string{"select_one"}, noPlace},
	{"distress", nil, "a range with words at its ends"},
}

var lookShape = regexp.MustCompile(`[^\s(]+(?:\([^)]*\))?`)

// appearance reads the words of a cell, reports those that are not carried, and returns all.
func (im *importer) appearance(it *item) []string {
	cell, at := im.survey.get(it.row, "appearance")
	words := lookShape.FindAllString(strings.ToLower(cell), -1)
words:
	for _, w := range words {
		for _, r := range refusedLooks {
			if strings.HasPrefix(w, r.begins) && (w == r.begins || strings.ContainsAny(r.begins, ":(")) && (r.types == nil || slices.Contains(r.types, it.typ.name)) {
				im.fail(at, "the appearance "+quote(w)+" cannot be carried", r.why)
				continue words
			}
		}
		if _, known := looks[w]; !known {
			im.warn(at, "the appearance "+quote(w)+" is left out: the terminal lays out its screens itself", "")
		}
	}
	return words
}
