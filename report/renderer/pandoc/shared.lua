-- What the parts of report.lua have in common.

local shared = {
  TYPST = FORMAT == "typst",
  NBSP = "\u{a0}",
  NAMES = {
    fig = "Figure", tbl = "Table", eq = "Equation", sec = "Section",
    nte = "Note", tip = "Tip", wrn = "Warning", imp = "Important", cau = "Caution",
  },
  -- By identifier: what a reference calls it, such as "2", "2.1" or "2 (a)".
  numbers = {},
}

-- The renderer turns this line into one that names the source line in which `key` stands, and the
-- other words with it: the first such line, or the one of the number `nth`.
function shared.refuse(key, message, words, nth)
  local fields = { key:gsub("%c", " "), message, tostring(nth or 1) }
  for _, word in ipairs(words or {}) do
    fields[#fields + 1] = word:gsub("%c", " ")
  end
  io.stderr:write("refused\t" .. table.concat(fields, "\t") .. "\n")
  os.exit(65)
end

-- The same where the number of the line is known.
function shared.refuse_at(line, key, message)
  io.stderr:write(("refused at\t%s\t%s\t%s\n"):format(line, key:gsub("%c", " "), message))
  os.exit(65)
end

function shared.typst(text)
  return pandoc.RawInline("typst", text)
end

function shared.html(text)
  return pandoc.RawBlock("html", text)
end

function shared.quoted(text)
  return '"' .. text:gsub("%s+", " "):gsub('[\\"]', "\\%0") .. '"'
end

function shared.contents(path)
  local file = io.open(path, "rb")
  local text = file and file:read("a")
  return text and file:close() and text
end

function shared.kind_of(id)
  local prefix = id:match("^(%a+)%-")
  return shared.NAMES[prefix] and prefix
end

local counters = {}

function shared.number(id, kind)
  counters[kind] = (counters[kind] or 0) + 1
  shared.numbers[id] = tostring(counters[kind])
  return shared.numbers[id]
end

return shared
