package surveys_test

import (
	"testing"

	"otklik/surveys"
)

// FuzzCheckTicket reads any text as a ticket: what is one stays the same however often it is written and read.
func FuzzCheckTicket(f *testing.F) {
	for _, seed := range []string{"1234567894", "123 456 7894", "123\u00a0456–7894", "", "٣", "12345678940"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		ticket, err := surveys.CheckTicket(typed)
		if err != nil {
			if plain := surveys.FormatTicket(typed); len(typed) != surveys.TicketDigits && plain != typed {
				t.Errorf("%q is written as %q", typed, plain)
			}
			return
		}
		if again, err := surveys.CheckTicket(surveys.FormatTicket(ticket)); err != nil || again != ticket {
			t.Errorf("%q is %s, and then %s, %v", typed, ticket, again, err)
		}
	})
}
