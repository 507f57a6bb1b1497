package store

import (
	"time"

	"github.com/google/uuid"

	"otklik/sync/wire"
)

// TwoMachines: one outbox is heard of from two machines by turns, so two terminals run from copies of one disk.
const TwoMachines AlarmKind = "two-machines"

// Sighting is from where an outbox was heard of.
type Sighting struct {
	Terminal uuid.UUID
	Origin   wire.Origin
	At       time.Time
	Boot     string // of the machine's start, "" when the terminal does not say
	Address  string // the host that the request came from, without a port
}

// TwoAtOnce says whether a sighting after others, the latest first, shows two machines. A machine never comes back to the
// start before its last one; so one that does is another machine. With the same start, as of a virtual machine that was
// copied while it ran, it takes as many returns to an address within a time.
func TwoAtOnce(before []Sighting, now Sighting, turns int, within time.Duration) bool {
	if len(before) == 0 {
		return false
	}
	if now.Boot != "" && now.Boot != before[0].Boot {
		for _, one := range before[1:] {
			if one.Boot == now.Boot {
				return true
			}
		}
		return false
	}
	returns, all := 0, append([]Sighting{now}, before...)
	for i := range all {
		if now.At.Sub(all[i].At) > within || all[i].Boot != now.Boot {
			break
		}
		if i+2 < len(all) && all[i].Address == all[i+2].Address && all[i].Address != all[i+1].Address {
			returns++
		}
	}
	return returns >= turns
}
