-- What Quarto does to a report and pandoc does not: visibility by format, artifacts, floats,
-- numbers, cross-references. What the documents of the project do not use is refused. Runs on one
-- document, in the folder of that document.

local TYPST = FORMAT == "typst"
local NAMES = { fig = "Figure", tbl = "Table", eq = "Equation", sec = "Section" }
local NBSP = "\u{a0}"
-- Pandoc knows a syntax by its whole name at once; for any other it reads all that it has, which
-- takes ten times as long as the rest of a page.
local SYNTAX = { r = "R Script", sh = "bash", pycon = "default" }

local here = pandoc.path.directory(PANDOC_SCRIPT_FILE)
local read_artifact = dofile(here .. "/../../_extensions/artifact/blocks.lua")

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
      local blocks, problem = read_artifact(only.text, ".")
      return blocks or refuse(only.text, problem)
    end
  end,
}

-- The SVG's own size keeps the page from jumping when the figure arrives.
local function set_size(image, svg)
  local width, height = svg:match('viewBox="0 0 ([%d.]+) ([%d.]+)"')
  if width then
    image.attributes.width = ("%.0f"):format(width)
    image.attributes.height = ("%.0f"):format(height)
  end
end

local function image(img)
  local name, alt = img.src, img.attributes["fig-alt"]
  if #img.caption > 0 then
    refuse(name, "only Quarto reads a caption here; write it as the last lines of ::: {#fig-name}")
  elseif img.attributes.width or img.attributes.height then
    refuse(name, "only Quarto follows a width or height; leave it out")
  elseif not alt or alt:match("^%s*$") then
    refuse(name, "the image has no fig-alt")
  elseif name:match("^/") or name:match("%.%.") or name:match(":") then
    refuse(name, "write the path of an image in the document's folder")
  end
  local file = contents(name) or refuse(name, "there is no such image")
  if TYPST then
    return typst(("#image(%s, alt: %s)"):format(quoted(name), quoted(alt)))
  end
  set_size(img, file)
  img.attributes["fig-alt"] = nil
  img.caption = pandoc.Inlines(pandoc.Str(alt))
  return img
end

-- A PDF travels alone: only its own parts and full addresses can be followed from it.
local function link(a)
  local travels = a.target:match("^#") or a.target:match("^%a+:")
  return (travels or not TYPST) and a or a.content
end

local function raw(el)
  local start = el.text:match("^[^\n\t]*")
  if el.format == "artifact" then
    refuse(el.text, "an artifact stands on a line of its own, between empty lines")
  elseif el.format == "pagebreak" then
    refuse(el.text, "a page break stands on a line of its own, between empty lines")
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
        refuse(inline.src, "only Quarto sets an image in a line; leave empty lines around it")
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

-- A callout: Quarto's box with a heading, which is its attribute, its own first line or its kind.
local CALLOUTS = {
  note = "Note", tip = "Tip", important = "Important", caution = "Caution", warning = "Warning",
}

local function callout(div)
  local class = div.classes:find_if(function(name) return name:match("^callout%-") end)
  local kind = class and class:match("^callout%-(%a+)$")
  if not class then
    return nil
  elseif not CALLOUTS[kind] then
    refuse("." .. class, "write .callout-note, -tip, -important, -caution or -warning")
  elseif div.attributes.collapse then
    refuse("collapse", "only Quarto folds a callout; leave it out")
  elseif div.identifier ~= "" then
    refuse("#" .. div.identifier, "only Quarto numbers a callout; leave the identifier out")
  end
  local body, title = div.content, pandoc.Inlines(div.attributes.title or CALLOUTS[kind])
  if body[1] and body[1].t == "Header" then
    title = body:remove(1).content
  end
  title = pandoc.Para({ pandoc.Strong(title) })
  if TYPST then
    body:insert(1, title)
    body:insert(1, pandoc.RawBlock("typst", "#callout-" .. kind .. "["))
    body:insert(pandoc.RawBlock("typst", "]"))
    return body
  end
  body:insert(1, pandoc.Div(title, { class = "callout-title" }))
  return pandoc.Div(body, { class = "callout callout-" .. kind, role = "note" })
end

-- 3. Numbers, in the order of the document ---------------------------------------------------------

local numbers, counters, sections = {}, {}, {}

local function number(id, kind)
  counters[kind] = (counters[kind] or 0) + 1
  numbers[id] = tostring(counters[kind])
  return numbers[id]
end

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
    refuse(words, "the heading is more than one level below the last; the first has one #")
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
  number(id, kind)
  return (TYPST and typst_float or html_float)(id, kind, body, caption.content), false
end

local numbering = {
  traverse = "topdown",
  Header = number_header,
  Div = number_float,
  -- `$$ … $$ {#eq-x}` comes from the renderer as a span with that identifier.
  Span = function(span)
    if kind_of(span.identifier) == "eq" then
      number(span.identifier, "eq")
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

local function reference(cite)
  local citation = cite.citations:find_if(function(c) return kind_of(c.id) end)
  if not citation then
    return nil
  end
  local id, name = citation.id, NAMES[kind_of(citation.id)]
  if #cite.citations > 1 or citation.mode ~= "AuthorInText" or #citation.suffix > 0 then
    refuse("@" .. id, "write a reference by itself, without brackets")
  elseif not numbers[id] then
    refuse("@" .. id, "there is no numbered " .. name:lower() .. " " .. id)
  elseif TYPST then
    return typst(("#ref(<%s>, supplement: [%s]);"):format(id, name))
  end
  return pandoc.Link(name .. NBSP .. numbers[id], "#" .. id, "", { class = "quarto-xref" })
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
  return doc:walk(visibility):walk(artifacts):walk({ Div = callout }):walk(allowed):walk(numbering):walk(written)
end
