package main

import (
	"slices"

	"otklik/kiosk/visit"
	"otklik/sync/wire"
)

// admissions says by a configuration and by what was stored on this terminal whether a ticket lets somebody take a test.
// That a ticket was used on another terminal the next configuration tells, by leaving it out.
func (b *behind) admissions(config wire.TerminalConfig) func(survey, ticket string) visit.Admission {
	return func(survey, ticket string) visit.Admission {
		if t := b.get(); t != nil && t.record.TicketUsed(survey, ticket) {
			return visit.WasUsed
		}
		mark := wire.TicketMark(survey, ticket)
		for _, s := range config.Surveys {
			if s.ID == survey && slices.Contains(s.Tickets, mark) {
				return visit.Admitted
			}
		}
		return visit.NotIssued
	}
}
