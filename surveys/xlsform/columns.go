package xlsform

import (
	"regexp"
	"slices"
	"strings"
)

// fate is what becomes of a column's contents.
type fate int

const (
	carried fate = iota
	idle         // has no meaning on a terminal: a warning
	refused      // would change what is asked: an error
)

// columnSpec is what is known of a column; why is the way out, or the reason, for those that are not carried.
type columnSpec struct {
	fate       fate
	translated bool
	why        string
}

var (
	asText    = columnSpec{translated: true}
	asIs      = columnSpec{}
	noSound   = columnSpec{refused, true, "the words in label; the terminal plays no sound and no film"}
	noServer  = columnSpec{fate: idle, why: "answers go, sealed, to the product's own collector"}
	noXForm   = columnSpec{fate: idle, why: "attributes of an XForm have no meaning on a terminal"}
	noSMS     = columnSpec{fate: idle, why: "terminals send no text messages"}
	noEntity  = columnSpec{fate: refused, why: "no entities; responses are the only thing that is stored"}
	noApp     = columnSpec{fate: refused, why: "a question that the terminal asks itself; it starts no other program"}
	ownLayout = columnSpec{fate: idle, why: "the terminal lays out its screens itself"}
)

// surveyColumns are the columns of the sheet survey by their names; those that begin with otklik:: are the product's own.
var surveyColumns = map[string]columnSpec{
	"type": asIs, "name": asIs, "label": asText, "hint": asText, "required": asIs, "required_message": asText, "relevant": asIs,
	"constraint": asIs, "constraint_message": asText, "calculation": asIs, "choice_filter": asIs, "appearance": asIs,
	"default": asIs, "parameters": asIs, "disabled": asIs,
	"media::image": {translated: true}, "media::big-image": {idle, true, "the terminal shows the picture of the column image"},
	"media::audio": noSound, "media::video": noSound,
	"guidance_hint":       {idle, true, "only interviewers would see it, and a terminal has none"},
	"read_only":           {refused, false, "a note that repeats the value as ${name}, or a calculate"},
	"repeat_count":        {fate: idle, why: "it belongs to a repeat"},
	"trigger":             {fate: refused, why: "a calculate, which follows the answers by itself"},
	"rows":                ownLayout,
	"autoplay":            ownLayout,
	"intent":              noApp,
	"buttontext":          {fate: idle, why: "the terminal starts no other program"},
	"noapperrorstring":    {fate: idle, why: "the terminal starts no other program"},
	"no_app_error_string": {fate: idle, why: "the terminal starts no other program"},
	"save_to":             noEntity, "sms_field": noSMS, "sms_option": noSMS, "sms_separator": noSMS, "sms_allow_media": noSMS,
	"sms_date_format": noSMS, "sms_datetime_format": noSMS, "sms_response": noSMS, "compact_tag": noSMS,
	"notes": {fate: idle, why: "a remark for the form's authors"}, "note": {fate: idle, why: "a remark for the form's authors"},
	"comments": {fate: idle, why: "a remark for the form's authors"},

	"otklik::kind": asIs, "otklik::group": asIs, "otklik::reversed": asIs, "otklik::decline": asIs, "otklik::levels": asIs,
	"otklik::min": asIs, "otklik::max": asIs, "otklik::decimals": asIs, "otklik::max_length": asIs,
	"otklik::top": asIs, "otklik::low": asText, "otklik::high": asText, "otklik::source": asIs, "otklik::correct": asIs,
	"otklik::points": asIs, "otklik::time_limit": asIs, "otklik::pick": asIs, "otklik::order": asIs, "otklik::scale": asIs,
	"otklik::version": asIs, "otklik::purpose": asText, "otklik::term": asText, "otklik::statement": asText,
}

var choicesColumns = map[string]columnSpec{
	"list_name": asIs, "name": asIs, "label": asText, "media::image": {translated: true},
	"media::big-image": {idle, true, "the terminal shows the picture of the column image"},
	"media::audio":     noSound, "media::video": noSound,
	"otklik::exclusive": asIs, "otklik::last": asIs, "otklik::when": asIs,
}

var settingsColumns = map[string]columnSpec{
	"form_title": asText, "form_id": asIs, "version": asIs, "default_language": asIs, "allow_choice_duplicates": asIs,
	"style": ownLayout, "public_key": noServer, "submission_url": noServer, "auto_send": noServer, "auto_delete": noServer,
	"instance_name":     {fate: idle, why: "a response is known by its own id"},
	"instance_id":       {fate: idle, why: "a response is known by its own id"},
	"omit_instanceid":   {fate: idle, why: "a response is known by its own id"},
	"clean_text_values": {fate: idle, why: "white space around texts is always cut"},
	"add_none_option":   {fate: idle, why: "put the choice «none» into the list, with yes in the column otklik::exclusive"},
	"sms_keyword":       noSMS, "sms_separator": noSMS, "sms_allow_media": noSMS, "sms_date_format": noSMS, "sms_datetime_format": noSMS,
	"prefix": noSMS, "delimiter": noSMS, "namespaces": noXForm, "flat": noXForm, "name": noXForm, "client_editable": noXForm,

	"otklik::kind": asIs, "otklik::title": asText, "otklik::invitation": asText, "otklik::thanks": asText, "otklik::anonymous": asIs,
	"otklik::partial":      asIs,
	"otklik::sample_every": asIs, "otklik::sample_probability": asIs, "otklik::from": asIs, "otklik::until": asIs,
	"otklik::pass_mark": asIs, "otklik::time_limit": asIs, "otklik::show_result": asIs, "otklik::tickets": asIs,
}

// The product's own sheets.
var (
	audienceColumns = map[string]columnSpec{"code": asIs, "name": asText, "when": asIs}
	quotaColumns    = map[string]columnSpec{"code": asIs, "when": asIs, "limit": asIs}
	openingColumns  = map[string]columnSpec{"days": asIs, "from": asIs, "until": asIs}
)

// columnAliases are other names of columns, in the form that headers have after snakeCase.
var columnAliases = map[string]string{
	"caption": "label", "command": "type", "tag": "name", "value": "name", "relevance": "relevant", "calculate": "calculation",
	"constraining_message": "constraint_message", "requiredmsg": "required_message", "readonly": "read_only",
	"image": "media::image", "big-image": "media::big-image", "audio": "media::audio", "video": "media::video",
	"count": "repeat_count", "jr:count": "repeat_count", "jr:constraintmsg": "constraint_message",
	"jr:requiredmsg": "required_message", "jr:noapperrorstring": "noapperrorstring", "body::intent": "intent", "list": "list_name",
	"title": "form_title", "set_form_title": "form_title", "id_string": "form_id", "set_form_id": "form_id",
	"choice": "name", "id": "form_id",
}

// snakeCase writes a header or a type as it is looked up: lower-case, with underscores for white space.
func snakeCase(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), "_")) }

// column is one column of a sheet.
type column struct {
	index    int // from 0
	header   string
	name     string // as in the table of columns; of an unknown column the header in lower case
	language string // as it stands in the header, "" for none
	code     string // of the language
	spec     columnSpec
	known    bool
}

// xformPrefixes begin headers that name a part of an XForm, such as bind::relevant.
var xformPrefixes = []string{"bind", "body", "control", "instance"}

// parseHeader finds out what a header means: label::English (en), media::image::tt, label:ru, Caption.
func parseHeader(header string, known map[string]columnSpec) column {
	c := column{header: header}
	tokens := strings.Split(header, "::")
	if len(tokens) == 1 && !strings.Contains(strings.ToLower(header), "jr:") {
		tokens = strings.Split(header, ":")
	}
	for i := range tokens {
		tokens[i] = strings.TrimSpace(tokens[i])
	}
	c.name = snakeCase(tokens[0])
	rest := tokens[1:]
	if len(rest) > 0 && slices.Contains(xformPrefixes, c.name) {
		prefixed := c.name + "::" + snakeCase(rest[0])
		if c.name = snakeCase(rest[0]); !hasColumn(known, aliased(c.name)) {
			c.name, c.spec, c.known = prefixed, noXForm, true
			return c
		}
		rest = rest[1:]
	}
	if len(rest) > 0 && (c.name == "media" || c.name == "otklik") {
		c.name += "::" + snakeCase(rest[0])
		rest = rest[1:]
	}
	if !hasColumn(known, c.name) {
		c.name = aliased(c.name)
	}
	c.spec, c.known = known[c.name], hasColumn(known, c.name)
	switch {
	case !c.known || len(rest) > 1 || len(rest) == 1 && !c.spec.translated:
		c.name, c.spec, c.known = strings.ToLower(header), columnSpec{}, false
	case len(rest) == 1:
		c.language = rest[0]
	}
	return c
}

func aliased(name string) string {
	if to, ok := columnAliases[name]; ok {
		return to
	}
	return name
}

func hasColumn(known map[string]columnSpec, name string) bool {
	_, ok := known[name]
	return ok
}

// table is a sheet whose columns are known.
type table struct {
	*sheet
	columns []column
}

// newTable finds out what the columns of a sheet mean; nil has none. Two columns of the same meaning are a problem when a
// row has both.
func (im *importer) newTable(s *sheet, known map[string]columnSpec) *table {
	t := &table{sheet: s}
	if s == nil {
		t.sheet = &sheet{}
		return t
	}
	for i, header := range s.header.cells {
		if header == "" {
			continue
		}
		c := parseHeader(header, known)
		c.index = i
		t.columns = append(t.columns, c)
	}
	for _, r := range s.rows {
		for i, cell := range r.cells {
			if cell != "" && s.header.cell(i) == "" {
				im.warn(origin{s.name, r.number, i + 1, ""}, "the column has no header; what stands here is left out", "a header in row "+itoa(s.header.number))
			}
		}
	}
	return t
}

// origin is the place of a column's cell in a row.
func (t *table) origin(r row, c column) origin {
	return origin{t.name, r.number, c.index + 1, c.header}
}

// get returns a cell of a column without languages, and where it stands: when it is empty, the row.
func (t *table) get(r row, name string) (string, origin) {
	for _, c := range t.columns {
		if c.name == name && r.cell(c.index) != "" {
			return r.cell(c.index), t.origin(r, c)
		}
	}
	return "", origin{sheet: t.name, row: r.number}
}

// used reports whether any row has something in the column.
func (t *table) used(c column) bool {
	return slices.ContainsFunc(t.rows, func(r row) bool { return r.cell(c.index) != "" })
}

// review says what becomes of the columns that are not carried; needed are extra columns that something uses.
func (im *importer) review(t *table, needed map[string]bool) {
	seen := map[[2]string]column{}
	for _, c := range t.columns {
		if !t.used(c) {
			continue
		}
		head := origin{t.name, t.header.number, c.index + 1, c.header}
		switch {
		case !c.known && needed[c.name]:
		case !c.known:
			im.warn(head, "the column "+quote(c.header)+" is unknown and left out", "a column of XLSForm, or one that choice_filter names")
		case c.spec.fate == idle:
			im.warn(head, "the column "+quote(c.header)+" is left out: "+c.spec.why, "")
		case c.spec.fate == refused:
			for _, r := range t.rows {
				if cell := r.cell(c.index); cell != "" && !(c.name == "read_only" && isNo(cell)) {
					im.fail(t.origin(r, c), quote(c.header)+" cannot be carried", c.spec.why)
				}
			}
		default:
			key := [2]string{c.name, c.code}
			if first, twice := seen[key]; twice {
				im.fail(head, "the columns "+quote(first.header)+" and "+quote(c.header)+" mean the same", "one of them; default_language in settings says what a column without a language is in")
			}
			seen[key] = c
		}
	}
}

var (
	yesWords = regexp.MustCompile(`(?i)^(yes|true|true\(\)|1|да)$`)
	noWords  = regexp.MustCompile(`(?i)^(no|false|false\(\)|0|нет)$`)
)

func isYes(s string) bool { return yesWords.MatchString(s) }
func isNo(s string) bool  { return noWords.MatchString(s) }
