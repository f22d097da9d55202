-- Claims, [a sentence]{.claim holds="…"} and ::: {.claim holds="…"}: one that holds leaves no trace,
-- one that does not, in a draft, is marked. The analysis has checked them all; both renderers run
-- this filter on what it found.

local TYPST = FORMAT:match("typst")

local function refuse(condition, message)
  if quarto then
    quarto.log.error(condition .. ": " .. message)
  else
    -- The built-in renderer turns this line into one that names the source line of the condition.
    io.stderr:write(("refused\t%s\t%s\n"):format(condition:gsub("%c", " "), message))
  end
  os.exit(quarto and 1 or 65)
end

local verdicts

local function verdict_of(condition)
  if not verdicts then
    local folder = quarto and pandoc.path.directory(quarto.doc.input_file) or "."
    local file = io.open(pandoc.path.join({ folder, "_artifacts", "claims.json" }), "rb")
    verdicts = file and pandoc.json.decode(file:read("a"), false) or {}
    if file then file:close() end
  end
  local verdict = verdicts[condition]
  if verdict == nil then
    refuse(condition, "the claim has not been checked; run python -m analysis")
  end
  return verdict
end

local function typst(text) return pandoc.RawInline("typst", text) end

-- What is wrong, in words: a colour alone would not do.
local function words(text) return pandoc.Inlines(text) end
local SIGN = pandoc.Inlines({ pandoc.Strong(words("Does not hold:")), pandoc.Space() })
local function reason(condition, found)
  return words("[") .. words({ pandoc.Code(condition) }) .. words("; found ")
    .. words({ pandoc.Code(found) }) .. words("]")
end

local function mark_span(span, condition, found)
  span.content = SIGN .. span.content .. words({ pandoc.Space() }) .. reason(condition, found)
  if TYPST then
    span.content:insert(1, typst("#claim-fails["))
    span.content:insert(typst("]"))
  end
  span.classes:insert("claim-fails")
  return span
end

local function mark_div(div, condition, found)
  div.content:insert(1, pandoc.Para(SIGN .. reason(condition, found)))
  if TYPST then
    div.content:insert(1, pandoc.RawBlock("typst", "#claim-fails-box["))
    div.content:insert(pandoc.RawBlock("typst", "]"))
  end
  div.classes:insert("claim-fails")
  return div
end

local drafted = false

local function settle(mark)
  return function(el)
    if not el.classes:includes("claim") then
      return nil
    end
    local condition = (el.attributes.holds or ""):gsub("%s+", " "):match("^ ?(.-) ?$")
    local verdict = verdict_of(condition)
    el.classes = el.classes:filter(function(class) return class ~= "claim" end)
    el.attributes.holds = nil
    if verdict ~= true then
      drafted = true
      return mark(el, condition, verdict)
    elseif el.identifier == "" and #el.classes == 0 and #el.attributes == 0 then
      return el.content
    end
    return el
  end
end

local function banner(doc)
  if not drafted then
    return nil
  end
  local text = words({ pandoc.Strong(words("Draft.")) })
    .. words(" What is marked “Does not hold” is not true of these data.")
  if TYPST then
    text:insert(1, typst("#draft-banner["))
    text:insert(typst("]"))
  end
  local attributes = { class = "draft-banner", role = "note" }
  doc.blocks:insert(1, pandoc.Div(pandoc.Para(text), attributes))
  return doc
end

return { { Span = settle(mark_span), Div = settle(mark_div) }, { Pandoc = banner } }
