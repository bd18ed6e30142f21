// Package letter makes letters of messages: a page that fits a window envelope, and the bucket where the operator's
// printer finds it.
package letter

import (
	"bytes"
	"fmt"
	"time"

	"github.com/go-pdf/fpdf"

	"postkontor/shared/message"
)

// The page, in inches: US Letter, folded in three for an envelope No. 10 with its window 7/8 from the left and 1/2 from the
// bottom. Wherever the sheet slides in the envelope, the lines of the address stay within the window.
const (
	leftMargin  = 1.0
	topMargin   = 0.75
	sideMargin  = 1.0
	windowTop   = 2.5
	windowLine  = 0.165
	belowWindow = 3.9
	textSize    = 11
	textLine    = 0.22
)

// PDF prints one letter, always to the same bytes. Lines that the font cannot print are left out of the window and of the
// greeting: the postal address itself is always in Latin capitals.
func PDF(s message.Sheet) ([]byte, error) {
	p := fpdf.New("P", "in", "Letter", "")
	p.SetCreationDate(time.Unix(0, 0).UTC())
	p.SetModificationDate(time.Unix(0, 0).UTC())
	p.SetCatalogSort(true)
	p.SetTitle(s.Subject, true)
	p.SetLang(string(s.Language))
	p.AddUTF8FontFromBytes("letter", "", bytes.Clone(font)) // it writes there
	p.SetMargins(leftMargin, topMargin, sideMargin)
	p.AddPage()
	head(p, s)
	body(p, s)
	var out bytes.Buffer
	if err := p.Output(&out); err != nil {
		return nil, fmt.Errorf("printing a letter: %w", err)
	}
	return out.Bytes(), nil
}

// head is who writes, when, and to whom.
func head(p *fpdf.Fpdf, s message.Sheet) {
	p.SetFont("letter", "", 14)
	write(p, s.Operator, 0.3)
	p.SetFont("letter", "", textSize)
	write(p, s.Day, textLine)
	p.SetY(windowTop)
	for _, line := range s.To {
		if Printable(line) {
			write(p, line, windowLine)
		}
	}
	p.SetY(belowWindow)
}

func body(p *fpdf.Fpdf, s message.Sheet) {
	p.SetFont("letter", "", 14)
	paragraph(p, s.Subject)
	p.SetFont("letter", "", textSize)
	if Printable(s.Greeting) {
		paragraph(p, s.Greeting)
	}
	for _, text := range s.Body {
		paragraph(p, text)
	}
	if s.Code != "" {
		p.SetFont("letter", "", 20)
		paragraph(p, s.Code[:len(s.Code)/2]+" "+s.Code[len(s.Code)/2:])
		p.SetFont("letter", "", textSize)
	}
	for _, text := range s.Note {
		paragraph(p, text)
	}
	paragraph(p, s.Button+": "+s.Link)
	paragraph(p, s.Footer)
}

func paragraph(p *fpdf.Fpdf, text string) {
	if text != "" {
		write(p, text, textLine)
		p.Ln(textLine / 2)
	}
}

func write(p *fpdf.Fpdf, text string, height float64) { p.MultiCell(0, height, text, "", "L", false) }
