-- One artifact of the analysis as blocks of a document. Quarto's shortcode (artifact.lua) and the
-- built-in renderer (report/renderer/pandoc/report.lua) both read artifacts here, so both show the same.

local TYPST = FORMAT:match("typst") ~= nil

local function contents(path)
  local file = io.open(path, "rb")
  local text = file and file:read("a")
  return text and file:close() and text
end

local function quoted(text)
  return '"' .. text:gsub("%s+", " "):gsub('[\\"]', "\\%0") .. '"'
end

-- A table that can be wider than a phone scrolls in a region that the keyboard reaches.
local function html_table(text)
  local open = '<div class="table-scroll" role="region" tabindex="0" aria-label="%s">\n'
  local caption = text:match("<caption>(.-)</caption>") or ""
  local label = caption:gsub("<[^>]*>", ""):gsub('"', "&quot;")
  return { pandoc.RawBlock("html", open:format(label) .. text .. "</div>") }
end

-- A note as wide as the table would widen its last column: in the PDF it stands below the table.
local function notes_of(tbl)
  local notes = pandoc.Inlines({})
  while #tbl.foot.rows > 0 and #tbl.foot.rows[1].cells == 1 do
    local mark = #notes == 0 and "#table-note[" or "\\ "
    notes:insert(pandoc.RawInline("typst", mark))
    notes:extend(pandoc.utils.blocks_to_inlines(tbl.foot.rows:remove(1).cells[1].contents))
  end
  notes:insert(pandoc.RawInline("typst", #notes > 0 and "]" or ""))
  return pandoc.Plain(notes)
end

-- Typst would number a table that has a caption; `inner-caption` (style.typ) is printed above a
-- table that stands alone, and hidden inside a numbered one.
local function typst_table(text)
  local tbl = pandoc.read(text, "html").blocks[1]
  local caption = pandoc.utils.blocks_to_inlines(tbl.caption.long)
  tbl.caption = { long = {} }
  tbl.colspecs = tbl.colspecs:map(function(spec)
    return { spec[1], nil }
  end)
  -- Pandoc's writer loses the rule between two bodies of a table; a mark keeps the place.
  for i = 2, #tbl.bodies do
    local cell = tbl.bodies[i].body[1].cells[1]
    cell.contents[1].content:insert(1, pandoc.RawInline("typst", "/*rule*/"))
  end
  local notes = notes_of(tbl)
  local rule = "table.hline(stroke: 0.3pt), "
  local code = pandoc.write(pandoc.Pandoc(tbl), "typst")
    :gsub("(table%.cell%b())%[/%*rule%*/", rule .. "%1[")
    :gsub("%[/%*rule%*/", rule .. "[")
  if #notes.content > 1 then
    code = "#noted[\n" .. code .. "\n]"
  end
  caption:insert(1, pandoc.RawInline("typst", "#inner-caption["))
  caption:insert(pandoc.RawInline("typst", "]"))
  return { pandoc.Plain(caption), pandoc.RawBlock("typst", code), notes }
end

local function of_html(text)
  if text:match("^%s*<table") then
    return (TYPST and typst_table or html_table)(text)
  elseif TYPST then
    return nil, "of all HTML only a table reaches the PDF"
  end
  return { pandoc.RawBlock("html", text) }
end

-- On a narrow screen a browser takes the drawing that is made for one. Its size keeps the page from
-- jumping when it arrives, as that of the other does.
local function source_of(name, folder)
  local svg = contents(pandoc.path.join({ folder, name }))
  local width, height = (svg or ""):match('viewBox="0 0 ([%d.]+) ([%d.]+)"')
  if width then
    local tag = '<source media="(max-width: 30rem)" srcset="_artifacts/%s" width="%.0f" height="%.0f">'
    return tag:format(name, width, height)
  end
end

local function of_figure(name, folder)
  local figure = name:match("([^/]+)%.svg$")
  local variables = contents(pandoc.path.join({ folder, "variables.json" }))
  local alt = variables and pandoc.json.decode(variables, false).alt[figure]
  if not alt then
    return nil, "variables.json has no text alternative alt." .. figure
  end
  local source = "_artifacts/" .. name
  if TYPST then
    local code = ("#image(%s, alt: %s)"):format(quoted(source), quoted(alt))
    return { pandoc.RawBlock("typst", code) }
  end
  local narrow = name:gsub("[^/]+$", "narrow/%0")
  local for_phones = source_of(narrow, folder)
  if not for_phones then
    return nil, "there is no _artifacts/" .. narrow .. " for narrow screens"
  end
  return {
    pandoc.RawBlock("html", "<picture>" .. for_phones),
    pandoc.Plain(pandoc.Image({}, source, "", { ["fig-alt"] = alt })),
    pandoc.RawBlock("html", "</picture>"),
  }
end

-- What still is ASCII here was escaped, as in the name of a group, and Typst would set it after all.
-- The filter that sees to this in documents (look/boxes.lua) runs before Quarto's shortcodes.
local function as_written(str)
  if str.text:find("%-[-?]") or str.text:find("...", 1, true) or str.text:find("[\"']") then
    return pandoc.RawInline("typst", (str.text:gsub("%p", "\\%0")))
  end
end

-- Sentences: what refers to figures, tables and equations is resolved where the document's own is.
local function of_markdown(text)
  local blocks = quarto and quarto.utils.string_to_blocks(text)
    or pandoc.read(text, "markdown-implicit_figures").blocks
  return TYPST and blocks:walk({ Str = as_written }) or blocks
end

-- Returns the blocks of an artifact of the document in a folder, or nil and what is wrong.
return function(name, document_folder)
  local folder = pandoc.path.join({ document_folder, "_artifacts" })
  local text = contents(pandoc.path.join({ folder, name }))
  if not text then
    return nil, "there is no _artifacts/" .. name .. " beside the document"
  elseif name:match("%.html$") then
    return of_html(text)
  elseif name:match("%.svg$") then
    return of_figure(name, folder)
  elseif name:match("%.md$") then
    return of_markdown(text)
  end
  return nil, "an artifact is .html, .md or .svg"
end
