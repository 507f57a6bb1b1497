package main

import "errors"

// skipError is a row that this machine cannot run, with a reason that a reader can check.
type skipError struct{ reason string }

func (s *skipError) Error() string { return "not run: " + s.reason }

func skipped(err error) (string, bool) {
	var s *skipError
	if errors.As(err, &s) {
		return s.reason, true
	}
	return "", false
}
