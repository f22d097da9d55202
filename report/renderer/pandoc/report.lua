-- What Quarto does to a report and pandoc does not: visibility by format, artifacts, floats,
-- numbers, cross-references. What the documents of the project do not use is refused. Runs on one
-- document, in the folder of that document.

-- Pandoc knows a syntax by its whole name at once; for any other it reads all that it has, which
-- takes ten times as long as the rest of a page.
local SYNTAX = { r = "R Script", sh = "bash", pycon = "default" }

local here = pandoc.path.directory(PANDOC_SCRIPT_FILE)
local shared = dofile(here .. "/shared.lua")
local figures = dofile(here .. "/figures.lua")(shared)
local image = dofile(here .. "/images.lua")(shared)
local callout = dofile(here .. "/callouts.lua")(shared)
local read_artifact = dofile(here .. "/../../_extensions/artifact/blocks.lua")

local TYPST, NAMES, NBSP, numbers = shared.TYPST, shared.NAMES, shared.NBSP, shared.numbers
local refuse, typst, html, quoted = shared.refuse, shared.typst, shared.html, shared.quoted
local kind_of = shared.kind_of

-- 1. Visibility --------------------------------------------------------------------------------

local visibility = {
  Div = function(div)
    if div.classes:includes("content-visible") then
      local wanted = div.attributes["when-format"]
      if wanted ~= "html" and wanted ~= "typst" then
        local words = { "content-visible", wanted or "" }
        refuse("when-format", 'content-visible takes when-format="html" or "typst"', words)
      end
      return TYPST == (wanted == "typst") and div.content or {}
    end
  end,
}

-- 2. What a document may hold ---------------------------------------------------------------------

-- A table of Markdown looks as one of the analysis does; a numbered one stands in ::: {#tbl-name}.
local function plain_table(tbl)
  local caption = pandoc.utils.blocks_to_inlines(tbl.caption.long)
  local words = pandoc.utils.stringify(caption)
  local id = tbl.identifier ~= "" and "#" .. tbl.identifier or words:match("{(#tbl[%w-]*)")
  if id then
    refuse(id, "only Quarto reads it here; write the table in ::: {" .. id .. "}")
  elseif TYPST then
    tbl.caption = { long = {} }
    caption:insert(1, typst("#inner-caption["))
    caption:insert(typst("]"))
    return words == "" and tbl or { pandoc.Plain(caption), tbl }
  end
  tbl.classes:insert("report-table")
  local label = (words == "" and "Table" or words):gsub("[&<>]", ""):gsub('"', "&quot;")
  local open = '<div class="table-scroll" role="region" tabindex="0" aria-label="%s">'
  return { html(open:format(label)), tbl, html("</div>") }
end

-- Raw text that stands for a block of its own, as the renderer leaves `{{< artifact … >}}` and
-- `{{< pagebreak >}}`.
local artifacts = {
  Table = plain_table,
  Para = function(para)
    local only = #para.content == 1 and para.content[1]
    if only and only.t == "RawInline" and only.format == "pagebreak" then
      return pandoc.RawBlock(FORMAT, TYPST and "#pagebreak()" or '<div class="pagebreak"></div>')
    elseif only and only.t == "RawInline" and only.format == "artifact" then
      local line, name = only.text:match("^(%d+) (.*)$")
      local blocks, problem = read_artifact(name, ".")
      return blocks or shared.refuse_at(line, name, problem)
    end
  end,
}

-- A PDF travels alone: only its own parts and full addresses can be followed from it.
local function link(a)
  local travels = a.target:match("^#") or a.target:match("^%a+:")
  return (travels or not TYPST) and a or a.content
end

local function raw(el)
  local start = el.text:match("^[^\n\t]*")
  if el.format == "artifact" then
    local line, name = el.text:match("^(%d+) (.*)$")
    shared.refuse_at(line, name, "an artifact stands on a line of its own, between empty lines")
  elseif el.format == "pagebreak" then
    local message = "a page break stands on a line of its own, between empty lines"
    shared.refuse_at(el.text, el.format, message)
  elseif TYPST and el.format == "html" and not el.text:match("^<!%-%-") then
    refuse(start, 'HTML does not reach the PDF: use when-format="html"')
  elseif el.format:match("tex$") then
    refuse(start:match("^\\%a+") or start, "LaTeX is read in formulas only; write Markdown instead")
  end
end

local QUARTOS = { "^panel%-", "^column", "^content%-hidden" }

local allowed = {
  traverse = "topdown", -- or the list would hold what became of its images
  Inlines = function(inlines)
    for _, inline in ipairs(inlines) do
      if inline.t == "Image" and #inlines > 1 then
        local nth = tonumber(inline.attributes.nth)
        local message = "only Quarto sets an image in a line; leave empty lines around it"
        refuse(inline.src, message, { inline.src }, nth)
      end
    end
  end,
  Image = image,
  Link = link,
  RawInline = raw,
  RawBlock = raw,
  Div = function(div)
    for _, class in ipairs(div.classes) do
      for _, pattern in ipairs(QUARTOS) do
        if class:match(pattern) then
          refuse("." .. class, "only Quarto has ." .. class .. "; write a plain div")
        end
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
}

-- 3. Numbers, in the order of the document ---------------------------------------------------------

local sections = {}

local function section_number(level)
  for i = 1, level do
    sections[i] = (sections[i] or 0) + (i == level and 1 or 0)
  end
  for i = #sections, level + 1, -1 do
    sections[i] = nil
  end
  return table.concat(sections, ".")
end

local last_level = 0

local function number_header(header)
  if header.level > last_level + 1 then
    local words = pandoc.utils.stringify(header)
    local marks = ("#"):rep(header.level)
    refuse(words, "the heading is more than one level below the last; the first has one #", { marks, words })
  end
  last_level = header.level
  if not header.classes:includes("unnumbered") then
    numbers[header.identifier] = section_number(header.level)
    if not TYPST then
      local span = pandoc.Span(numbers[header.identifier], { class = "header-section-number" })
      header.content:insert(1, pandoc.Space())
      header.content:insert(1, span)
    end
  end
  -- The page's h1 is the title.
  header.level = TYPST and header.level or header.level + 1
  return header
end

local numbering
numbering = {
  traverse = "topdown",
  Header = number_header,
  Div = function(div) return figures.float(div, numbering) end,
  -- `$$ … $$ {#eq-x}` comes from the renderer as a span with that identifier.
  Span = function(span)
    if kind_of(span.identifier) == "eq" then
      shared.number(span.identifier, "eq")
    end
  end,
}

-- 4. Formulas and references ----------------------------------------------------------------------

-- A formula of the PDF carries its TeX as the alternative text that PDF/UA asks for.
local function typst_math(math, options, label)
  local alt = quoted(math.text:match("^%s*(.-)%s*$"))
  return { typst(("#[#set math.equation(alt: %s%s);"):format(alt, options)), math, typst(label .. "];") }
end

local function equation(span)
  local id = span.identifier
  if kind_of(id) ~= "eq" then
    return nil
  elseif TYPST then
    return typst_math(span.content[1], ', numbering: "(1)"', "<" .. id .. ">"), false
  end
  span.classes:insert("equation")
  span.content:insert(pandoc.Span("(" .. numbers[id] .. ")", { class = "equation-number" }))
  return span, false
end

-- Typst does not count these itself.
local CALLOUTS = pandoc.List({ "nte", "tip", "wrn", "imp", "cau" })

local function linked(citation)
  local id, kind = citation.id, kind_of(citation.id)
  local name, number = NAMES[kind], numbers[citation.id]
  if not number then
    refuse("@" .. id, "there is no numbered " .. name:lower() .. " " .. id)
  end
  -- Words before it stand in the place of its name, and a minus sign leaves it bare.
  local said = citation.prefix
  if #said == 0 and citation.mode ~= "SuppressAuthor" then
    said = pandoc.Inlines(name)
  end
  if TYPST and not number:match("%)$") and not CALLOUTS:includes(kind) then
    said:insert(1, typst(("#ref(<%s>, supplement: ["):format(id)))
    said:insert(typst("]);"))
    return said
  end
  said:insert(pandoc.Str((#said > 0 and NBSP or "") .. number))
  if TYPST then
    said:insert(1, typst(("#link(<%s>)["):format(id)))
    said:insert(typst("];"))
    return said
  end
  return pandoc.Inlines(pandoc.Link(said, "#" .. id, "", { class = "quarto-xref" }))
end

-- A reference, or several in brackets: Quarto drops the brackets.
local function reference(cite)
  local found = cite.citations:filter(function(citation) return kind_of(citation.id) end)
  if #found == 0 then
    return nil
  end
  local said = pandoc.Inlines({})
  for i, citation in ipairs(cite.citations) do
    if #found < #cite.citations or #citation.suffix > 0 then
      local words = cite.citations:map(function(each) return "@" .. each.id end)
      words:insert("[")
      refuse("@" .. found[1].id, "write a reference without citations and words behind it", words)
    end
    if i > 1 then
      said:extend({ pandoc.Str(","), pandoc.Space() })
    end
    said:extend(linked(citation))
  end
  return said
end

local function code_block(block)
  block.classes = block.classes:map(function(class) return SYNTAX[class] or class end)
  return block
end

local written = {
  traverse = "topdown",
  Span = equation,
  Math = TYPST and function(math) return typst_math(math, "", ""), false end or nil,
  Cite = reference,
  CodeBlock = not TYPST and code_block or nil,
}

function Pandoc(doc)
  doc.meta.pagetitle = pandoc.utils.stringify(doc.meta.pagetitle)
  return doc:walk(figures.placed):walk(visibility):walk(figures.layout):walk(artifacts)
    :walk(figures.lone):walk({ Div = callout }):walk(allowed):walk(numbering):walk(written)
end
