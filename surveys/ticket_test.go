package surveys_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"otklik/surveys"
)

func TestTicketsAreReadAsPeopleTypeThem(t *testing.T) {
	const ticket = "1234567894"
	for _, typed := range []string{
		ticket, "123 456 7894", " 1234-567-894\n", "123\u00a0456\u00a07894", "12–34—567‐894\t", surveys.FormatTicket(ticket),
	} {
		if got, err := surveys.CheckTicket(typed); got != ticket || err != nil {
			t.Errorf("%q is read as %q, %v", typed, got, err)
		}
	}
	for typed, want := range map[string]error{
		"": surveys.ErrTicketForm, "123456789": surveys.ErrTicketForm, "12345678940": surveys.ErrTicketForm,
		"123456789O": surveys.ErrTicketForm, "+123456789": surveys.ErrTicketForm, "١٢٣٤٥٦٧٨٩٠": surveys.ErrTicketForm,
		"1234567890": surveys.ErrTicketDigit, "1243567894": surveys.ErrTicketDigit,
	} {
		if got, err := surveys.CheckTicket(typed); got != "" || !errors.Is(err, want) {
			t.Errorf("%q is read as %q, %v; want %v", typed, got, err, want)
		}
	}
	if got := surveys.FormatTicket(ticket); got != "123\u00a0456\u00a07894" {
		t.Errorf("written as %q", got)
	}
}

func TestCheckDigitIsDamms(t *testing.T) {
	// The example of Damm's algorithm is 572, whose check digit is 4; zeros in front change nothing.
	if got, err := surveys.Ticket("000000572"); got != "0000005724" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	for _, digits := range []string{"", "12345678", "1234567890", "12345678x", "-12345678"} {
		if got, err := surveys.Ticket(digits); !errors.Is(err, surveys.ErrTicketForm) {
			t.Errorf("the ticket of %q is %q, %v", digits, got, err)
		}
	}
}

func TestOneWrongDigitAndTwoSwappedAreFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ticket, err := surveys.Ticket(rapid.StringMatching(`[0-9]{9}`).Draw(t, "digits"))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := surveys.CheckTicket(ticket); got != ticket || err != nil {
			t.Fatalf("%s is refused: %v", ticket, err)
		}
		for i := range ticket {
			for d := '0'; d <= '9'; d++ {
				wrong := ticket[:i] + string(d) + ticket[i+1:]
				if _, err := surveys.CheckTicket(wrong); wrong != ticket && !errors.Is(err, surveys.ErrTicketDigit) {
					t.Errorf("%s is taken for %s", wrong, ticket)
				}
			}
			if i > 0 && ticket[i] != ticket[i-1] {
				swapped := ticket[:i-1] + ticket[i:i+1] + ticket[i-1:i] + ticket[i+1:]
				if _, err := surveys.CheckTicket(swapped); !errors.Is(err, surveys.ErrTicketDigit) {
					t.Errorf("%s is taken for %s", swapped, ticket)
				}
			}
		}
	})
}

func TestTestByTicketTakesResponsesWithOne(t *testing.T) {
	source := strings.Replace(good, "id: demo", "id: demo\ntest: {pass_mark: 50, tickets: true}", 1)
	if strings.Contains(good, "\nanonymous: true") {
		t.Fatal("the good survey is anonymous")
	}
	lines := strings.Split(source, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, "kind: ") {
			lines[i] = "kind: test"
		}
	}
	s, err := surveys.Load("demo.yaml", []byte(strings.Join(lines, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	for ticket, want := range map[string]string{
		"1234567894": "", "": "no ticket", "1234567890": "a ticket that is none", "123 456 7894": "a ticket that is none",
	} {
		r := response(s)
		r.Ticket = ticket
		switch err := s.CheckResponse(&r); {
		case want == "" && err != nil:
			t.Errorf("a good response is refused: %v", err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("ticket %q: wanted %q, got %v", ticket, want, err)
		}
	}
}
