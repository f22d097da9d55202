-- Claims, [a sentence]{.claim holds="…"} and ::: {.claim holds="…"}: one that holds leaves no trace,
-- one that does not, in a draft, is marked. Gaps, [what is to be said]{.gap} and ::: {.gap}: seen in
-- a draft alone. The analysis has checked all claims; both renderers run this filter on what it found.

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

local found

local function checked()
  if not found then
    local folder = quarto and pandoc.path.directory(quarto.doc.input_file) or "."
    local file = io.open(pandoc.path.join({ folder, "_artifacts", "claims.json" }), "rb")
    found = file and pandoc.json.decode(file:read("a"), false) or { draft = false, claims = {} }
    if file then file:close() end
  end
  return found
end

local function verdict_of(condition)
  local verdict = checked().claims[condition]
  if verdict == nil then
    refuse(condition, "the claim has not been checked; run python -m analysis")
  end
  return verdict
end

local function typst(text) return pandoc.RawInline("typst", text) end

-- What is wrong, in words: a colour alone would not do.
local function words(text) return pandoc.Inlines(text) end
local function sign(text) return words({ pandoc.Strong(words(text)), pandoc.Space() }) end
local DOES_NOT_HOLD, TO_FILL = sign("Does not hold:"), sign("To fill:")
local function reason(condition, values)
  return words("[") .. words({ pandoc.Code(condition) }) .. words("; found ")
    .. words({ pandoc.Code(values) }) .. words("]")
end

local function mark_span(span)
  if TYPST then
    span.content:insert(1, typst("#draft-mark["))
    span.content:insert(typst("]"))
  end
  span.classes:insert("draft-mark")
  return span
end

local function mark_div(div)
  if TYPST then
    div.content:insert(1, pandoc.RawBlock("typst", "#draft-mark-box["))
    div.content:insert(pandoc.RawBlock("typst", "]"))
  end
  div.classes:insert("draft-mark")
  return div
end

local fails, gaps = false, false

local function without(el, class)
  el.classes = el.classes:filter(function(other) return other ~= class end)
  return el
end

local function settle(mark, say)
  return function(el)
    if el.classes:includes("gap") then
      gaps = gaps or checked().draft
      return checked().draft and mark(say(without(el, "gap"), TO_FILL)) or {}
    elseif not el.classes:includes("claim") then
      return nil
    end
    local condition = (el.attributes.holds or ""):gsub("%s+", " "):match("^ ?(.-) ?$")
    local verdict = verdict_of(condition)
    without(el, "claim").attributes.holds = nil
    if verdict ~= true then
      fails = true
      return mark(say(el, DOES_NOT_HOLD, reason(condition, verdict)))
    elseif el.identifier == "" and #el.classes == 0 and #el.attributes == 0 then
      return el.content
    end
    return el
  end
end

local function banner(doc)
  if not fails and not gaps then
    return nil
  end
  local text = words({ pandoc.Strong(words("Draft.")) })
  if fails then
    text:extend(words(" What is marked “Does not hold” is not true of these data."))
  end
  if gaps then
    text:extend(words(" What is marked “To fill” is for the author to write."))
  end
  if TYPST then
    text:insert(1, typst("#draft-banner["))
    text:insert(typst("]"))
  end
  local attributes = { class = "draft-banner", role = "note" }
  doc.blocks:insert(1, pandoc.Div(pandoc.Para(text), attributes))
  return doc
end

local function say_in_span(span, before, after)
  span.content = before .. span.content
  if after then
    span.content:extend(words({ pandoc.Space() }) .. after)
  end
  return span
end

local function say_in_div(div, before, after)
  div.content:insert(1, pandoc.Para(before .. (after or {})))
  return div
end

return {
  { Span = settle(mark_span, say_in_span), Div = settle(mark_div, say_in_div) },
  { Pandoc = banner },
}
