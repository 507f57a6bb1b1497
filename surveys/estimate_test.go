package surveys_test

import (
	"io/fs"
	"strings"
	"testing"

	"otklik/assets"
	"otklik/surveys"
)

func TestTheEstimateFollowsWhatIsAsked(t *testing.T) {
	const head = "id: poll\nnumber: 1\nkind: poll\nlanguages: [ru]\ntitle: {ru: Опрос}\npages:\n  - questions:\n"
	const smile = "      - {code: a, kind: smiley, text: {ru: Как вас приняли сегодня?}}\n"
	const branch = "  - relevance: ${a} = 4\n    questions:\n      - {code: b, kind: long-text, required: true, text: {ru: Что понравилось?}}\n"
	one := mustLoad(t, head+smile).Seconds()
	half := mustLoad(t, head+smile+branch).Seconds()
	both := mustLoad(t, head+smile+strings.Replace(branch, "relevance: ${a} = 4\n    ", "", 1)).Seconds()
	if !(one > 0 && one < 10 && one < half && half < both && both > 40) {
		t.Errorf("one face takes %d s, a text of one visitor in four makes it %d, of everyone %d", one, half, both)
	}
}

// The attract screen promises a time: the lobby's surveys are short, the test is not.
func TestShippedSurveysTakeTheTimeTheyShould(t *testing.T) {
	for name, bounds := range map[string][2]int{
		"smiley": {2, 15}, "exit-poll": {20, 60}, "satisfaction": {10, 60}, "event-follow-up": {20, 120},
		"employers": {40, 120}, "suggestion": {30, 150}, "staff-climate": {45, 240}, "knowledge-test": {100, 300},
	} {
		source, err := fs.ReadFile(assets.Surveys(), name+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		s, err := surveys.Load(name, source)
		if err != nil {
			t.Fatal(err)
		}
		got := s.Seconds()
		t.Logf("%s: %d s", name, got)
		if got < bounds[0] || got > bounds[1] {
			t.Errorf("%s takes %d s, not %d to %d", name, got, bounds[0], bounds[1])
		}
	}
}
