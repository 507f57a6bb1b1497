// Package xlsform reads surveys from Excel forms and writes them as such: XLSForm, as pyxform and ODK have it
// (https://xlsform.org/en/ref-table/). Nothing of a form is ignored silently: what the product cannot carry is an error with
// sheet, cell and a way out where it would change what is asked, and a warning where it would not.
//
// # Types
//
//	text                              short-text; long-text with the appearance multiline or the parameter rows
//	integer, decimal, percentage      number; bounds such as ". >= 1 and . < 100" are read out of the constraint
//	range                             slider; stars with the appearance rating from 1 to 5
//	select_one LIST [or_other]        single-choice; dropdown with minimal, autocomplete, or more than 30 choices;
//	                                  picture-choice when every choice has an image
//	select_multiple LIST, rank LIST   multiple-choice, ranking
//	note, date, time, dateTime        information, date, time, date-time; of a date-time the seconds are cut off
//	acknowledge                       yes-no; a required one must be yes
//	calculate, hidden                 calculated; hidden, if the terminal knows the value by that name
//	phone number                      phone
//	column media::image               the picture of a question or of a choice, the same in every language
//	image with appearance signature   signature
//	begin_group, end_group            a page; with field-list its questions share the screen; with table-list, or label and
//	                                  list-nolabel, a matrix
//	start, today, deviceid            recorded with every response; a calculated or hidden value where the form names them
//	end, audit, username …            recorded with every response, or not known; a warning
//
// Repeats, loops, places, pictures, sound, files, barcodes, entities, include and lists from other files are errors.
//
// Names that are no codes of ours become some (lower case, Cyrillic spelt in Latin letters, other characters _, a letter
// before a digit), in expressions, too; a warning tells which. or_other adds the choice "other" and a question NAME_other
// behind. Texts in columns without a language are in default_language, else in the language of the other columns, else in
// Russian. The seed of randomize is left out: each visit has one of its own.
//
// # Columns of the product's own
//
// XLSForm has no place for some things; these columns and sheets, which other programs skip, hold them. Texts have a language
// as label has: otklik::low::Русский (ru). Most columns hold the key of that name in the YAML source.
//
//	survey     otklik::kind (a kind that the type can have), group, reversed, decline, levels, low, high, min, max, decimals,
//	           max_length, top, source, points, time_limit; correct (right answers, one a line); for a consent version,
//	           purpose, term, statement; on begin_group pick, order, and scale of a table whose rows have one
//	choices    otklik::exclusive, last, when (a condition; choice_filter then says the same for other programs)
//	settings   otklik::kind, title (the other languages of form_title), invitation, thanks, anonymous, partial, sample_every,
//	           sample_probability, from, until, pass_mark, time_limit (of the test, in seconds), show_result,
//	           tickets
//	otklik_audiences   code, name, when
//	otklik_quotas      code, when, limit
//	otklik_openings    days (mon tue …), from, until
package xlsform
