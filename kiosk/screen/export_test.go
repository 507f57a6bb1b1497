package screen

import "time"

// SetClock gives the stage another clock.
func (s *Stage) SetClock(now func() time.Time) { s.now = now }
