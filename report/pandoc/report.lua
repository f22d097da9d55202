-- What Quarto does to a report and pandoc does not: visibility by format, artifacts, floats,
-- numbers, cross-references. Runs on one document, in the folder of that document.

local TYPST = FORMAT == "typst"
local NAMES = { fig = "Figure", tbl = "Table", eq = "Equation", sec = "Section" }
local LANGUAGES = pandoc.List({
  "bash", "html", "json", "latex", "python", "r", "text", "toml", "yaml",
})
local NBSP = "\u{a0}"

local here = pandoc.path.directory(PANDOC_SCRIPT_FILE)
local read_artifact = dofile(here .. "/../_extensions/artifact/blocks.lua")

-- The renderer turns this line into one that names the source line in which `key` stands.
local function refuse(key, message)
  io.stderr:write(("refused\t%s\t%s\n"):format(key:gsub("%c", " "), message))
  os.exit(65)
end

local function typst(text)
  return pandoc.RawInline("typst", text)
end

local function html(text)
  return pandoc.RawBlock("html", text)
end

local function quoted(text)
  return '"' .. text:gsub("%s+", " "):gsub('[\\"]', "\\%0") .. '"'
end

local function contents(path)
  local file = io.open(path, "rb")
  local text = file and file:read("a")
  return text and file:close() and text
end

local function kind_of(id)
  local prefix = id:match("^(%a+)%-")
  return NAMES[prefix] and prefix
end

-- 1. Visibility --------------------------------------------------------------------------------

local visibility = {
  Div = function(div)
    if div.classes:includes("content-visible") then
      local wanted = div.attributes["when-format"]
      if wanted ~= "html" and wanted ~= "typst" then
        refuse("when-format", 'content-visible takes when-format="html" or "typst"')
      end
      return TYPST == (wanted == "typst") and div.content or {}
    end
  end,
}

-- 2. Floats, however they were written, become divs whose last paragraph is the caption ----------

local function artifact(name)
  local blocks, problem = read_artifact(name, "..")
  if not blocks then
    refuse(name, problem)
  end
  return blocks
end

local function markdown_table(tbl)
  local id, caption = tbl.identifier, pandoc.utils.blocks_to_inlines(tbl.caption.long)
  if #caption == 0 or kind_of(id) ~= "tbl" then
    refuse("|", "a table needs a caption with an identifier: `: Caption {#tbl-name}`")
  end
  tbl.identifier, tbl.caption = "", { long = {} }
  tbl.classes:insert("report-table")
  for _, row in ipairs(tbl.head.rows) do
    for _, cell in ipairs(row.cells) do
      cell.attributes.scope = "col"
    end
  end
  local label = pandoc.utils.stringify(caption)
  local region = { { "role", "region" }, { "tabindex", "0" }, { "aria-label", label } }
  local scrolling = pandoc.Div(tbl, pandoc.Attr("", { "table-scroll" }, region))
  return pandoc.Div({ TYPST and tbl or scrolling, pandoc.Para(caption) }, { id = id })
end

local floats = {
  Table = markdown_table,
  Para = function(para)
    local only = #para.content == 1 and para.content[1]
    if only and only.t == "RawInline" and only.format == "artifact" then
      return artifact(only.text)
    end
    if only and only.t == "Image" and #only.caption > 0 then
      if kind_of(only.identifier) ~= "fig" then
        refuse(only.src, "an image with a caption needs an identifier: {#fig-name fig-alt=…}")
      end
      local id, caption = only.identifier, only.caption
      only.identifier, only.caption = "", {}
      return pandoc.Div({ pandoc.Plain(only), pandoc.Para(caption) }, { id = id })
    end
  end,
}

-- 3. What a document may hold ---------------------------------------------------------------------

-- The SVG's own size keeps the page from jumping when the figure arrives.
local function size_of(image, svg)
  local width, height = svg:match('viewBox="0 0 ([%d.]+) ([%d.]+)"')
  if width and not image.attributes.width and not image.attributes.height then
    image.attributes.width = ("%.0f"):format(width)
    image.attributes.height = ("%.0f"):format(height)
  end
end

local UNITS = {
  cm = "cm", mm = "mm", ["in"] = "in", inch = "in", pt = "pt", em = "em", ["%"] = "%",
  px = 0.75, [""] = 0.75, pc = 12, -- in points
}

-- `, width: 5cm` as Typst takes it; a browser takes what is written.
local function length(img, side, name)
  local text = img.attributes[side]
  if not text then
    return ""
  end
  local value, unit = text:match("^(%d*%.?%d+)(%a*%%?)$")
  unit = UNITS[unit]
  if not unit then
    refuse(name, ("%s=%s: write it in %%, cm, mm, in, pt, em or px"):format(side, text))
  elseif type(unit) == "number" then
    value, unit = ("%.14g"):format(value * unit), "pt"
  end
  return (", %s: %s%s"):format(side, value, unit)
end

local function typst_image(name, alt, width, height, alone)
  if width ~= "" and height == "" then
    height = ", height: auto" -- style.typ gives figures a height
  elseif width ~= "" then
    height = height .. ', fit: "stretch"' -- as browsers do
  end
  local code = ("image(%s, alt: %s%s%s)"):format(quoted(name), quoted(alt), width, height)
  return typst((alone and "#%s;" or "#box(%s);"):format(code))
end

-- In the PDF an image is a block, which parts the line that it stands in.
local function stand_alone(block)
  local only = #block.content == 1 and block.content[1]
  if only and only.t == "Image" then
    only.attributes.alone = "true"
    return block
  end
end

local function image(img)
  local name = img.src:gsub("%%(%x%x)", function(code) return string.char(tonumber(code, 16)) end)
  local alt = img.attributes["fig-alt"]
  if not alt or alt:match("^%s*$") then
    refuse(name, "the image has no fig-alt")
  end
  local file = contents(name)
  if not file then
    refuse(name, "there is no such image")
  end
  local width, height = length(img, "width", name), length(img, "height", name)
  if TYPST then
    if pandoc.path.is_absolute(name) or pandoc.path.normalize(name):match("^%.%.") then
      refuse(name, "the PDF shows only what lies below the document: copy the image to its folder")
    end
    return typst_image(name, alt, width, height, img.attributes.alone)
  end
  size_of(img, file)
  img.attributes["fig-alt"] = nil
  img.caption = pandoc.Inlines(pandoc.Str(alt))
  return img
end

local function link(a)
  local document, fragment = a.target:match("^([^:]+)%.qmd(#?.*)$")
  if document then
    a.target = document .. ".html" .. fragment
  end
  -- A PDF travels alone: only its own parts and full addresses can be followed from it.
  local travels = a.target:match("^#") or a.target:match("^%a+:")
  return (travels or not TYPST) and a or a.content
end

-- Pandoc has put macros into the formulas by now; their definitions are done with.
local DEFINITIONS = pandoc.List({
  "newcommand", "renewcommand", "providecommand", "newenvironment", "renewenvironment", "def",
  "let", "DeclareMathOperator",
})

local function raw(el)
  local start = el.text:match("^[^\n\t]*")
  if el.format == "artifact" then
    refuse(el.text, "an artifact stands on a line of its own, between empty lines")
  elseif TYPST and el.format == "html" and not el.text:match("^<!%-%-") then
    refuse(start, 'HTML does not reach the PDF: use when-format="html"')
  elseif el.format:match("tex$") and not DEFINITIONS:includes(el.text:match("^\\(%a+)")) then
    start = #start > 60 and start:sub(1, 60):match("^(.+)[%s{}\\]") or start:match("^.*%S")
    refuse(start, "LaTeX is read in formulas only: write $$ … $$ around it, or Markdown instead")
  end
end

local allowed = {
  Image = image,
  Link = link,
  RawInline = raw,
  RawBlock = raw,
  Div = function(div)
    for _, class in ipairs(div.classes) do
      if class:match("^callout") or class:match("^panel%-") or class:match("^co[ln][ut][me]n") then
        refuse("." .. class, "only Quarto has ." .. class .. "; write a plain div")
      end
    end
  end,
  -- Pandoc takes a cell that Quarto would run for code in a line.
  Code = function(code)
    local cell = code.text:match("^{%a+}")
    if cell then
      refuse("```" .. cell, "no document runs code")
    end
  end,
  CodeBlock = function(code)
    local language = code.classes[1]
    if language and not LANGUAGES:includes(language) then
      refuse("```" .. language, "not one of the languages " .. table.concat(LANGUAGES, ", "))
    end
  end,
}

-- 4. Numbers, in the order of the document ---------------------------------------------------------

local numbers, counters, sections = {}, {}, {}

local function number(id, kind)
  counters[kind] = (counters[kind] or 0) + 1
  numbers[id] = tostring(counters[kind])
  return numbers[id]
end

local top -- the level of the document's main headings: # and ## both begin at 1

local function section_number(depth)
  for i = 1, depth do
    sections[i] = (sections[i] or 0) + (i == depth and 1 or 0)
  end
  for i = #sections, depth + 1, -1 do
    sections[i] = nil
  end
  return table.concat(sections, ".")
end

local function number_header(header)
  local depth = header.level - top + 1
  if not header.classes:includes("unnumbered") then
    numbers[header.identifier] = section_number(depth)
    if not TYPST then
      local span = pandoc.Span(numbers[header.identifier], { class = "header-section-number" })
      header.content:insert(1, pandoc.Space())
      header.content:insert(1, span)
    end
  end
  -- The page's h1 is the title.
  header.level = TYPST and depth or depth + 1
  return header
end

local function typst_float(id, kind, body, caption)
  local open = '#figure(kind: "quarto-float-%s", supplement: [%s], '
    .. "caption: figure.caption(position: %s)["
  caption:insert(1, typst(open:format(kind, NAMES[kind], kind == "tbl" and "top" or "bottom")))
  caption:insert(typst("])["))
  body:insert(1, pandoc.Plain(caption))
  body:insert(pandoc.Plain(typst("] <" .. id .. ">")))
  return body
end

local function html_float(id, kind, body, caption)
  caption:insert(1, pandoc.Str(NAMES[kind] .. NBSP .. numbers[id] .. ":"))
  caption:insert(2, pandoc.Space())
  local place = kind == "tbl" and 1 or #body + 1
  for i, block in ipairs({ html("<figcaption>"), pandoc.Plain(caption), html("</figcaption>") }) do
    body:insert(place + i - 1, block)
  end
  local open = '<figure id="%s" class="quarto-float quarto-float-%s">'
  body:insert(1, html(open:format(id, kind)))
  body:insert(html("</figure>"))
  return body
end

local function number_float(div)
  local id, kind = div.identifier, kind_of(div.identifier)
  if kind ~= "fig" and kind ~= "tbl" then
    return nil
  end
  local body = div.content
  local caption = body:remove()
  if not caption or caption.t ~= "Para" or #body == 0 then
    refuse("#" .. id, "its last paragraph must be its caption")
  end
  if #body == 1 and body[1].t == "Para" then
    body[1] = pandoc.Plain(body[1].content)
  end
  number(id, kind)
  return (TYPST and typst_float or html_float)(id, kind, body, caption.content), false
end

-- A formula of the PDF carries its TeX as the alternative text that PDF/UA asks for.
local formulas = {}

-- All at once, because each call of pandoc's writer takes as long as a page of text.
local function write_formulas(doc)
  local blocks = pandoc.Blocks({})
  local texts = {}
  doc:walk({
    Math = function(math)
      texts[#texts + 1] = math.mathtype .. math.text
      blocks:extend({ pandoc.Plain(math), pandoc.RawBlock("typst", "/*end*/") })
    end,
  })
  local i = 0
  for code in pandoc.write(pandoc.Pandoc(blocks), "typst"):gmatch("%s*(.-)%s*/%*end%*/") do
    i = i + 1
    formulas[texts[i]] = code
  end
end

local function typst_math(math, options, label)
  local code = formulas[math.mathtype .. math.text]
  local alt = quoted(math.text:match("^%s*(.-)%s*$"))
  return typst(("#math.equation(%salt: %s, %s)%s"):format(options, alt, code, label))
end

-- `$$ … $$ {#eq-x}` comes from the renderer as a span with that identifier.
local function number_equation(span)
  local id, math = span.identifier, span.content[1]
  if kind_of(id) ~= "eq" then
    return nil
  end
  local label = "(" .. number(id, "eq") .. ")"
  if TYPST then
    return typst_math(math, 'block: true, numbering: "(1)", ', " <" .. id .. ">"), false
  end
  span.classes:insert("equation")
  span.content:insert(pandoc.Span(label, { class = "equation-number" }))
  return span, false
end

local numbering = {
  traverse = "topdown",
  Header = number_header,
  Div = number_float,
  Span = number_equation,
}

-- 5. References ---------------------------------------------------------------------------------

local function reference(citation)
  local id, kind = citation.id, kind_of(citation.id)
  if not kind or #citation.suffix > 0 or #citation.prefix > 0 then
    refuse("@" .. id, "references and citations stand in brackets of their own, without words")
  elseif not numbers[id] then
    refuse("@" .. id, "there is no numbered " .. NAMES[kind]:lower() .. " " .. id)
  end
  local name = citation.mode ~= "SuppressAuthor" and NAMES[kind] or ""
  if TYPST then
    return typst(("#ref(<%s>, supplement: [%s]);"):format(id, name))
  end
  local text = name == "" and numbers[id] or name .. NBSP .. numbers[id]
  return pandoc.Link(text, "#" .. id, "", { class = "quarto-xref" })
end

local references = {
  Cite = function(cite)
    if not cite.citations:find_if(function(c) return kind_of(c.id) end) then
      return nil
    end
    local result = pandoc.Inlines({})
    for i, citation in ipairs(cite.citations) do
      result:extend(i > 1 and { pandoc.Str(","), pandoc.Space() } or {})
      result:insert(reference(citation))
    end
    return result
  end,
  Math = TYPST and function(math)
    local block = math.mathtype == "DisplayMath" and "block: true, " or ""
    return typst_math(math, block, ";")
  end or nil,
}

local function find_top(doc)
  local last
  top = math.huge
  doc:walk({
    Header = function(header)
      top = math.min(top, header.level)
      if last and header.level > last + 1 then
        refuse(pandoc.utils.stringify(header), "the heading is more than one level below the last")
      end
      last = header.level
    end,
  })
end

local function refuse_duplicates(doc)
  local seen = {}
  local function check(el)
    local id = el.identifier
    if id ~= "" and seen[id] then
      refuse("#" .. id, "the identifier is used twice")
    end
    seen[id] = true
  end
  doc:walk({ Header = check, Div = check, Span = check, Image = check, Code = check,
    CodeBlock = check, Link = check, Table = check })
end

function Pandoc(doc)
  doc.meta.pagetitle = pandoc.utils.stringify(doc.meta.pagetitle)
  doc = doc:walk(visibility):walk(floats)
  refuse_duplicates(doc)
  find_top(doc)
  if TYPST then
    doc = doc:walk({ Para = stand_alone, Plain = stand_alone })
    write_formulas(doc)
  end
  return doc:walk(allowed):walk(numbering):walk(references)
end
