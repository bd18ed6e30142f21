package supply

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"postkontor/shared/locale"
)

// row is a line of a file, its cells by column and without space around them.
type row struct {
	file string
	line int
	cell map[string]string
}

// rows reads a file that has at least these columns. What cannot be read ends it.
func (p *parser) rows(name string, columns ...string) (rows []row) {
	file, err := p.files.Open(name)
	if err != nil {
		p.wrong = append(p.wrong, err)
		return nil
	}
	defer file.Close()
	reader := csv.NewReader(file)
	header, err := reader.Read()
	if err != nil {
		p.wrong = append(p.wrong, unread(name, 1, err))
		return nil
	}
	header[0] = strings.TrimPrefix(header[0], "\ufeff") // spreadsheets set it in front
	p.columns(row{file: name, line: 1}, header, columns)
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			p.refuse(len(rows) == 0, row{file: name, line: 2}, "there is nothing below the names of the columns")
			return rows
		}
		if err != nil {
			p.wrong = append(p.wrong, unread(name, 0, err))
			return rows
		}
		line, _ := reader.FieldPos(0)
		r := row{file: name, line: line, cell: map[string]string{}}
		for i, text := range record {
			r.cell[header[i]] = strings.TrimSpace(text)
			p.refuse(!utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl), r, "%s: is no text in UTF-8 on one line", header[i])
		}
		rows = append(rows, r)
	}
}

// columns holds the names of the columns to those that are asked for, and to the product's languages.
func (p *parser) columns(r row, header, wanted []string) {
	for _, column := range wanted {
		p.refuse(!slices.Contains(header, column), r, "the column %s is missing", column)
	}
	for i, column := range header {
		p.refuse(slices.Contains(header[:i], column), r, "the column %s stands there twice", column)
		if lang, ok := strings.CutPrefix(column, "name_"); ok {
			_, known := locale.Parse(lang)
			p.refuse(!known, r, "%s: no language of the product", column)
		}
	}
}

// unread is why a file could not be read on; the reader's own error names the line.
func unread(name string, line int, err error) error {
	var at *csv.ParseError
	if errors.As(err, &at) {
		line, err = at.Line, at.Err
	}
	return fmt.Errorf("%s:%d: %w", name, line, err)
}
