package surveys_test

import (
	"errors"
	"strings"
	"testing"

	"otklik/surveys"
)

// rich is a survey that uses everything that good does not; richMistakes breaks it in one place each.
const rich = `id: rich
number: 1
kind: test
languages: [ru]
title: {ru: Опрос}
thanks: {ru: "Спасибо, ${region}!"}
quotas:
  - {code: all, limit: 100}
  - {code: kazan, limit: 2, when: "${region} = 'kazan'"}
sample: {every: 5}
schedule:
  from: 2026-01-12
  until: 2026-02-01
  open:
    - {days: [mon, tue], from: '09:00', until: '18:00'}
    - {days: [wed]}
test: {pass_mark: 60, time_limit: 600, show_result: true}
pages:
  - questions:
      - code: place
        kind: hidden
        source: window
        default: Окно
        text: {ru: Окно}
      - code: region
        kind: dropdown
        required: true
        required_message: {ru: Выберите район}
        decline: true
        text: {ru: Ваш район?}
        default: kazan
        choices:
          - {code: kazan, text: {ru: Казань}}
          - {code: chelny, text: {ru: Челны}}
          - {code: moscow, text: {ru: Москва}}
      - code: city
        kind: single-choice
        order: random
        text: {ru: "Где в районе ${region}?"}
        choices:
          - {code: old, text: {ru: "Старый ${region}"}, when: "${region} != 'moscow'"}
          - {code: new, text: {ru: Новый}, when: "${region} = 'chelny'"}
          - {code: far, text: {ru: Далеко}, last: true, when: "${region} = 'chelny'"}
          - {code: none, text: {ru: Нигде}, when: "${region} = 'chelny'"}
      - code: age
        kind: number
        min: 14
        max: 120
        constraint: . >= 18 or ${region} = 'kazan'
        constraint_message: {ru: Только взрослые}
        text: {ru: Сколько вам лет?}
      - code: double
        kind: calculated
        calculation: ${age} * 2
        text: {ru: Вдвое}
  - together: true
    questions:
      - code: name
        kind: short-text
        text: {ru: "Вам ${age}. Как вас зовут?"}
      - code: born
        kind: date
        min: 1900-01-01
        text: {ru: Когда вы родились?}
  - order: random
    pick: 2
    questions:
      - code: capital
        kind: single-choice
        correct: moscow
        points: 3
        time_limit: 30
        text: {ru: Столица?}
        choices: [{code: moscow, text: {ru: Москва}}, {code: kazan, text: {ru: Казань}}]
      - code: even
        kind: multiple-choice
        correct: [four, two]
        text: {ru: Чётные?}
        choices: [{code: two, text: {ru: Два}}, {code: three, text: {ru: Три}}, {code: four, text: {ru: Четыре}}]
      - code: sea
        kind: short-text
        correct: [Чёрное море, чёрное]
        text: {ru: Море?}
  - questions:
      - code: service
        kind: matrix
        rows:
          - {code: staff, text: {ru: Сотрудники}}
          - {code: hall, text: {ru: Зал}}
        scale: agreement
        levels: 7
        text: {ru: Оцените}
      - code: why
        kind: long-text
        relevance: ${service-staff} <= 2 and ${double} > 36
        text: {ru: Почему?}
      - code: agree
        kind: consent
        consent: {version: '1', purpose: {ru: Ответить}, term: {ru: Год}}
        text: {ru: Согласны?}
      - code: mood
        kind: slider
        max: 10
        step: 0.5
        text: {ru: Настроение?}
`

// upToSea are the names that a question after them can use.
const upToSea = "place, region, city, age, double, name, born, capital, even, sea, service-staff, service-hall"

var richMistakes = []struct {
	name, old, new string
	want           []string
	schema         bool
}{
	{"a pipe to no question", "${region}?", "${regoin}?", []string{
		"39:34: there is no question regoin; expected an earlier question: place, region",
	}, false},
	{"a pipe to a later question", "Где в районе ${region}?", "Где ${age}?", []string{
		"39:25: the question age comes later, in line 45; expected an earlier question: place, region",
	}, false},
	{"a pipe that is none", "Где в районе ${region}?", "Где $ {x} ${Region} и ${?", []string{
		"39:31: ${ begins the repetition of an answer; expected a question in the form ${code}",
		"39:43: ${ begins the repetition of an answer; expected a question in the form ${code}",
	}, false},
	{"a pipe on the same screen", "Когда вы родились?", "\"${name}, когда?\"", []string{
		"64:21: the question name stands on the same page, and who is asked it is not settled here; expected an earlier question: place, region, city, age, double",
	}, false},
	{"a pipe to a matrix", "{ru: Почему?}", "{ru: 'Почему ${service}?'}", []string{
		"96:28: service is a matrix; its rows have names such as service-staff; expected an earlier question: " + upToSea,
	}, false},
	{"a pipe in the title", "title: {ru: Опрос}", "title: {ru: 'Опрос ${region}'}", []string{
		"5:20: the question region comes later, in line 25; expected no name, since no question comes before",
	}, false},
	{"a matrix in a condition", "${service-staff} <= 2", "${service} <= 2", []string{
		"95:20: service is a matrix; its rows have names such as service-staff; expected an earlier question: " + upToSea,
	}, false},
	{"a row that is none", "${service-staff} <= 2", "${service-stuff} <= 2", []string{
		"95:20: the matrix service has no row stuff; expected an earlier question: " + upToSea,
	}, false},
	{"a row of no matrix", "${service-staff} <= 2", "${mood-staff} <= 2", []string{
		"95:20: the question mood comes later, in line 101; expected an earlier question: " + upToSea,
	}, false},
	{"a filter on a later question", "when: \"${region} != 'moscow'\"", "when: \"${age} > 3\"", []string{
		"41:64: the question age comes later, in line 45; expected an earlier question: place, region",
	}, false},
	{"a filter with a misspelt choice", "!= 'moscow'", "!= 'moskow'", []string{
		"41:77: ${region} has no choice 'moskow'; expected one of kazan, chelny, moscow",
	}, false},
	{"a filter in a matrix", "scale: agreement\n        levels: 7", "choices:\n          - {code: a, text: {ru: А}, when: 1 = 1}\n          - {code: b, text: {ru: Б}}", []string{
		"91:44: the choices of a matrix are the same for every visitor; expected no when",
		"96:20: ${service-staff} is a text; expected a number or a date",
	}, true},
	{"a constraint that is a number", ". >= 18 or ${region} = 'kazan'", ". + 18", []string{
		"49:21: this is a number; expected a condition",
	}, false},
	{"a constraint with a text", ". >= 18 or", ". = 'a' or", []string{
		"49:25: 'a' is a text; expected a number",
	}, false},
	{"a message without a constraint", "        constraint: . >= 18 or ${region} = 'kazan'\n", "", []string{
		"49:29: constraint_message stands without constraint; expected constraint, too",
	}, true},
	{"a message without required", "        required: true\n", "", []string{
		"27:27: required_message stands without required; expected required, too",
	}, true},
	{"points without a right answer", "        correct: moscow\n", "", []string{
		"70:17: points stands without correct; expected correct, too",
	}, true},
	{"a calculation that is a condition", "${age} * 2", "${age} > 2", []string{
		"54:22: the calculation gives a condition; expected a number, a text or a date, for example if(…, 1, 0)",
	}, false},
	{"no calculation", "        calculation: ${age} * 2\n", "", []string{
		"52:9: a question has no calculation; expected an expression such as ${a} + ${b}",
	}, true},
	{"an unknown source", "source: window", "source: room", []string{
		`22:17: the source is "room"; expected one of site, terminal, window, service, event`,
	}, true},
	{"a default that is no choice", "default: kazan", "default: ufa", []string{
		`31:18: default is no answer to the question: "ufa" is not the code of one of its choices; expected a value of the kind dropdown`,
	}, false},
	{"a default of another form", "default: kazan", "default: [kazan]", []string{
		"31:18: default is a list; expected the code of a choice",
	}, false},
	{"a right answer that is no choice", "correct: moscow", "correct: paris", []string{
		`70:18: correct is no answer to the question: "paris" is not the code of one of its choices; expected a value of the kind single-choice`,
	}, false},
	{"a right answer on a consent", "kind: consent", "kind: consent\n        correct: 'yes'", []string{
		"99:18: correct does not belong to a question of the kind consent; expected correct on every kind but matrix, phone, email, consent, signature, calculated, hidden or information",
	}, true},
	{"a default on a consent", "kind: consent", "kind: consent\n        default: 'yes'", []string{
		"99:18: default does not belong to a question of the kind consent; expected default on every kind but matrix, consent, signature, calculated or information",
	}, true},
	{"no consent", "        consent: {version: '1', purpose: {ru: Ответить}, term: {ru: Год}}\n", "", []string{
		"97:9: a question has no consent; expected version, purpose and term of the consent",
	}, true},
	{"a consent without a term", ", term: {ru: Год}}", "}", []string{
		"99:18: the consent has no term; expected a text in each language: ru",
	}, true},
	{"a marked question outside a test", "kind: test\n", "kind: poll\n", []string{
		"17:7: test does not belong to a survey of the kind poll; expected test on the kind test only",
		"70:18: correct does not belong to a survey of the kind poll; expected correct on the kind test only",
		"71:17: points does not belong to a survey of the kind poll; expected points on the kind test only",
		"72:21: time_limit does not belong to a survey of the kind poll; expected time_limit on the kind test only",
		"77:18: correct does not belong to a survey of the kind poll; expected correct on the kind test only",
		"82:18: correct does not belong to a survey of the kind poll; expected correct on the kind test only",
	}, true},
	{"a telephone number in an anonymous survey", "kind: long-text", "kind: phone", []string{
		"95:15: an anonymous survey asks for a phone; expected nothing that tells who somebody is",
	}, false},
	{"two scales of a matrix", "levels: 7", "choices: [{code: a, text: {ru: А}}, {code: b, text: {ru: Б}}]", []string{
		"91:18: the matrix has a scale and choices; expected one of them",
	}, true},
	{"no scale of a matrix", "        scale: agreement\n        levels: 7\n", "", []string{
		"85:9: the matrix has no scale; expected scale or choices",
	}, true},
	{"levels on another scale", "scale: agreement", "scale: stars", []string{
		"91:17: levels does not belong to a matrix with this scale; expected levels with the scale agreement only",
	}, false},
	{"a row twice", "code: hall", "code: staff", []string{
		"89:20: the code staff is taken by the row in line 88; expected a code of its own",
	}, false},
	{"a slider that stops elsewhere", "step: 0.5", "step: 0.3", []string{
		"104:15: steps of 0.3 do not lead from 0 to 10; expected a whole number of steps, at most 1000",
	}, false},
	{"a step of nothing", "step: 0.5", "step: 0", []string{
		"104:15: the step is 0; expected a number above 0 with at most 6 decimal places",
	}, true},
	{"bounds the wrong way round", "max: 120", "max: 12", []string{
		"48:14: the number goes from 14 to 12; expected a max above its min",
	}, false},
	{"a bound that is a text", "max: 120", "max: many", []string{
		"48:14: max is a text; expected a number from -1000000000 to 1000000000",
	}, true},
	{"a day that is none", "min: 1900-01-01", "min: 1900-02-30", []string{
		`63:14: min is "1900-02-30"; expected a date such as 2026-12-31`,
	}, false},
	{"a kind that needs a screen of its own", "kind: date", "kind: phone", []string{
		"62:15: a question of the kind phone needs a screen of its own; expected a page without together",
		"63:14: min does not belong to a question of the kind phone; expected min on slider, number, date, time or date-time only",
	}, true},
	{"a time limit on a shared screen", "kind: date", "kind: date\n        time_limit: 30", []string{
		"63:21: a question that shares a screen has a time_limit; expected a page without together, or a time_limit of the whole test",
	}, false},
	{"an order that is none", "order: random\n        text", "order: reversed\n        text", []string{
		`38:16: the order is "reversed"; expected one of random`,
	}, true},
	{"a calculation among what is drawn", "kind: short-text\n        correct: [Чёрное море, чёрное]", "kind: hidden\n        source: site", []string{
		"81:15: a hidden question is not asked, and what this page asks is drawn by lot; expected a page without pick and order",
	}, false},
	{"a picture choice without pictures", "kind: single-choice\n        correct", "kind: picture-choice\n        correct", []string{
		"74:19: a choice has no image; expected image, a file such as ticket.png or the name of an icon",
		"74:55: a choice has no image; expected image, a file such as ticket.png or the name of an icon",
	}, true},
	{"an image outside the folder", "{code: old,", "{code: old, image: ../old.png,", []string{
		`41:32: the image is "../old.png"; expected a file such as ticket.png (PNG or JPEG), or the name of an icon such as ticket`,
	}, true},
	{"an unknown key of a choice", "last: true", "lst: true", []string{
		`43:45: a choice has no key "lst"; expected one of code, text, exclusive, last, image, when`,
	}, true},
	{"a quota without a limit", "{code: all, limit: 100}", "{code: all}", []string{
		"8:5: a quota has no limit; expected a whole number from 1 to 1000000",
	}, true},
	{"a quota twice", "code: kazan, limit", "code: all, limit", []string{
		"9:12: the code all is taken by the quota in line 8; expected a code of its own",
	}, false},
	{"a quota for nobody", "\"${region} = 'kazan'\"", "\"${region} = 'ufa'\"", []string{
		"9:48: ${region} has no choice 'ufa'; expected one of kazan, chelny, moscow",
	}, false},
	{"two ways of sampling", "{every: 5}", "{every: 5, probability: 0.5}", []string{
		"10:9: the sample needs one way of choosing; expected every or probability",
	}, true},
	{"a sample of everyone", "{every: 5}", "{probability: 1}", []string{
		"10:23: the probability is 1; expected a number above 0 and below 1, such as 0.2",
	}, true},
	{"a day of no calendar", "from: 2026-01-12", "from: 12.01.2026", []string{
		`12:9: from is "12.01.2026"; expected a date such as 2026-12-31`,
	}, true},
	{"a schedule that ends before it begins", "until: 2026-02-01", "until: 2025-02-01", []string{
		"13:10: until 2025-02-01 lies before from 2026-01-12; expected the last day, included",
	}, false},
	{"a day of no week", "[mon, tue]", "[mon, die]", []string{
		`15:20: the day is "die"; expected one of mon, tue, wed, thu, fri, sat, sun`,
	}, true},
	{"an opening over midnight", "until: '18:00'", "until: '08:00'", []string{
		"15:48: until 08:00 is not after from 09:00; expected a later time; a span over midnight is two openings",
	}, false},
	{"half an opening", ", until: '18:00'", "", []string{
		"15:7: an opening has only one of from and until; expected both, or none for the whole day",
	}, true},
	{"an hour that is none", "until: '18:00'", "until: '25:00'", []string{
		`15:48: until is "25:00"; expected a time of day such as 09:00, in quotes, or 24:00`,
	}, true},
	{"a pass mark over everything", "pass_mark: 60", "pass_mark: 160", []string{
		"17:19: pass_mark is 160; expected a whole number from 1 to 100",
	}, true},
	{"tickets in an anonymous survey", "show_result: true", "tickets: true", []string{
		"18:49: an anonymous survey cannot be taken by ticket: somebody knows who got which ticket; expected false, or no anonymous",
	}, false},
	{"partial responses to a test", "kind: test\n", "kind: test\npartial: true\n", []string{
		"4:10: a test keeps no partial responses; expected false, or no partial at all",
	}, false},
	{"tickets that are neither", "show_result: true", "tickets: maybe", []string{
		"17:49: tickets is a text; expected true or false",
	}, true},
	{"a staff survey that is not anonymous", "kind: test\n", "kind: staff\nanonymous: false\n", []string{
		"4:12: a staff survey is always anonymous; expected true, or no anonymous at all",
		"18:7: test does not belong to a survey of the kind staff; expected test on the kind test only",
		"71:18: correct does not belong to a survey of the kind staff; expected correct on the kind test only",
		"72:17: points does not belong to a survey of the kind staff; expected points on the kind test only",
		"73:21: time_limit does not belong to a survey of the kind staff; expected time_limit on the kind test only",
		"78:18: correct does not belong to a survey of the kind staff; expected correct on the kind test only",
		"83:18: correct does not belong to a survey of the kind staff; expected correct on the kind test only",
	}, true},
}

// brokenRich returns the source of mistake number i, which stands in an anonymous survey when it is about that.
func brokenRich(t *testing.T, i int) string {
	t.Helper()
	m := richMistakes[i]
	if n := strings.Count(rich, m.old); n != 1 {
		t.Fatalf("%s: %q stands %d times in the rich survey", m.name, m.old, n)
	}
	source := strings.Replace(rich, m.old, m.new, 1)
	if strings.Contains(m.name, "in an anonymous survey") {
		source = strings.Replace(source, "id: rich\n", "id: rich\nanonymous: true\n", 1)
	}
	return source
}

func TestEveryMistakeOfARichSurveyIsNamedWithItsPlace(t *testing.T) {
	mustLoad(t, rich)
	for i, m := range richMistakes {
		t.Run(m.name, func(t *testing.T) {
			s, err := surveys.Load("rich.yaml", []byte(brokenRich(t, i)))
			var problems surveys.Problems
			if s != nil || !errors.As(err, &problems) {
				t.Fatalf("loaded, or the error is no Problems: %v", err)
			}
			want := "rich.yaml:" + strings.Join(m.want, "\nrich.yaml:")
			if got := err.Error(); got != want {
				t.Errorf("\n got %s\nwant %s", got, want)
			}
		})
	}
}

func TestSchemaRefusesWhatItCanSeeOfARichSurvey(t *testing.T) {
	if err := validate(t, []byte(rich)); err != nil {
		t.Fatalf("the schema refuses a rich survey: %v", err)
	}
	for i, m := range richMistakes {
		if err := validate(t, []byte(brokenRich(t, i))); (err != nil) != m.schema {
			t.Errorf("%s: the schema says %v", m.name, err)
		}
	}
}
