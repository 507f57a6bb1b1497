package main

import "otklik/kiosk/screen"

// layers are the panels on the glass: the service corner lies over the enrolment, and that over the visit. They belong to
// Fyne's thread.
type layers struct {
	show        func(*screen.Panel, func(name string))
	under, over layer
}

type layer struct {
	panel   *screen.Panel
	touched func(name string)
}

func (l *layers) showUnder(p *screen.Panel, touched func(string)) {
	l.under = layer{p, touched}
	if l.over.panel == nil {
		l.show(p, touched)
	}
}

func (l *layers) showOver(p *screen.Panel, touched func(string)) {
	l.over = layer{p, touched}
	if p == nil {
		p, touched = l.under.panel, l.under.touched
	}
	l.show(p, touched)
}
