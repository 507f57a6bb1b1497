package xlsform

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"otklik/surveys"
)

// parameterShape is one parameter: name=value, separated by blanks, commas or semicolons.
var parameterShape = regexp.MustCompile(`([^\s,;=]+)\s*=\s*("[^"]*"|'[^']*'|\$\{[^}]*\}|[^\s,;]*)`)

// parameterSpecs are the parameters of XLSForm by the type they belong to; the reason is "" for those that are carried.
var parameterSpecs = map[string]map[string]string{
	"range":           {"start": "", "end": "", "step": ""},
	"select_one":      {"randomize": "", "seed": ""},
	"select_multiple": {"randomize": "", "seed": ""},
	"rank":            {"randomize": "", "seed": ""},
	"text":            {"rows": ""},
	"signature":       {"max-pixels": "a signature is stored as lines"},
	"audit": {
		"location-priority": "places are not recorded", "location-min-interval": "places are not recorded",
		"location-max-age": "places are not recorded", "track-changes": "only the last answer is recorded",
		"track-changes-reasons": "only the last answer is recorded", "identify-user": "a terminal has no users",
	},
}

// readParameters reads the column parameters.
func (im *importer) readParameters(it *item) {
	cell, at := im.survey.get(it.row, "parameters")
	it.params = map[string]string{}
	if cell == "" {
		return
	}
	if rest := strings.Trim(parameterShape.ReplaceAllString(cell, ""), " ,;\t\n\r"); rest != "" {
		im.fail(at, "parameters has "+quote(rest), "parameters in the form name=value")
	}
	for _, m := range parameterShape.FindAllStringSubmatch(cell, -1) {
		key, value := strings.ToLower(m[1]), strings.Trim(m[2], `"'`)
		why, known := parameterSpecs[it.typ.name][key]
		switch {
		case !known:
			im.warn(at, fmt.Sprintf("the parameter %s does not belong to the type %s and is left out", quote(key), it.typ.name), "")
		case why != "":
			im.warn(at, fmt.Sprintf("the parameter %s is left out: %s", quote(key), why), "")
		default:
			it.params[key] = value
		}
	}
	if it.params["seed"] != "" {
		im.warn(at, "the seed of the form is left out: each visit has one of its own, which is recorded", "")
	}
	if it.params["rows"] != "" && !slices.Contains(it.looks, "multiline") {
		it.looks = append(it.looks, "multiline")
	}
}

// random sets the order of choices.
func (im *importer) random(n *node, it *item) {
	value, given := it.params["randomize"]
	_, at := im.survey.get(it.row, "parameters")
	switch {
	case !given || isNo(value):
	case isYes(value):
		n.set("order", text(at, "random"))
	default:
		im.fail(at, "randomize is "+quote(value), "randomize=true")
	}
}

// slide sets the bounds of a slider. XLSForm's own are 1 to 10 in steps of 1.
func (im *importer) slide(n *node, it *item) {
	_, at := im.survey.get(it.row, "parameters")
	for _, p := range []struct{ param, key, usual string }{{"start", "min", "1"}, {"end", "max", "10"}, {"step", "step", "1"}} {
		value := it.params[p.param]
		if value == "" {
			value = p.usual
		}
		im.number(n, p.key, value, at)
	}
}

// measure sets the bounds that a scale of a fixed size has in the form: they must be those of its kind.
func (im *importer) measure(n *node, it *item) {
	_, at := im.survey.get(it.row, "parameters")
	if it.typ.name != "range" {
		return
	}
	lowest, highest, _ := (&surveys.Question{Kind: it.kind}).Scale()
	if it.kind == surveys.Agreement {
		if end := it.params["end"]; end != "" {
			im.number(n, "levels", end, at)
			highest = 0
		}
	}
	start, end, step := it.params["start"], it.params["end"], it.params["step"]
	if start != itoa(lowest) || highest > 0 && end != itoa(highest) || step != "" && step != "1" {
		im.fail(at, fmt.Sprintf("a question of the kind %s goes from %d to %d in steps of 1", it.kind, lowest, highest),
			fmt.Sprintf("start=%d end=%d step=1", lowest, highest))
	}
}
