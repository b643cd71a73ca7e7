package io.tideline.store.search.lucene;

import io.tideline.store.search.Clause;
import io.tideline.store.search.IndexRemoval;
import io.tideline.store.search.SearchQuery;
import io.tideline.store.search.SearchSubject;
import io.tideline.store.search.SearchSubject.FieldKind;
import io.tideline.store.search.SeqSpan;
import io.tideline.store.search.lucene.WordAnalyzer.Token;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.ConstantScoreQuery;
import org.apache.lucene.search.IndexOrDocValuesQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TermRangeQuery;
import org.apache.lucene.util.BytesRef;

/** Says in Lucene's terms what is looked for. */
final class QueryTranslator {
    private final WordAnalyzer analyzer;

    QueryTranslator(WordAnalyzer analyzer) {
        this.analyzer = analyzer;
    }

    /** What a query finds. Only the clause scores. */
    Query query(SearchQuery query) {
        BooleanQuery.Builder all = new BooleanQuery.Builder();
        all.add(new TermQuery(new Term(Fields.DOC, Fields.document(query.subject()))), Occur.FILTER);
        query.spans().ifPresent(spans -> all.add(spans(spans, query.subject()), Occur.FILTER));
        query.clause()
                .ifPresent(clause -> all.add(
                        clause(clause, query.subject()).orElseGet(() -> new MatchNoDocsQuery("no word")), Occur.MUST));
        return all.build();
    }

    private static Query spans(List<SeqSpan> spans, SearchSubject subject) {
        List<BytesRef> whole = new ArrayList<>();
        BooleanQuery.Builder any = new BooleanQuery.Builder();
        for (SeqSpan span : spans) {
            if (span.isAll() || subject != SearchSubject.MESSAGES) {
                whole.add(new BytesRef(span.conversation()));
                continue;
            }
            BooleanQuery.Builder part = new BooleanQuery.Builder();
            part.add(new TermQuery(new Term(Fields.CONVERSATION, span.conversation())), Occur.FILTER);
            if (span.first() > 1) {
                part.add(
                        NumericDocValuesField.newSlowRangeQuery(Fields.SEQ, span.first(), Long.MAX_VALUE),
                        Occur.FILTER);
            }
            if (span.last() < Long.MAX_VALUE) {
                // A version is never less than its seq.
                part.add(NumericDocValuesField.newSlowRangeQuery(Fields.VERSION, 0, span.last()), Occur.FILTER);
            }
            any.add(part.build(), Occur.SHOULD);
        }
        if (!whole.isEmpty()) {
            any.add(new TermInSetQuery(Fields.CONVERSATION, whole), Occur.SHOULD);
        }
        return any.build();
    }

    /** Empty when nothing is left that could be looked for: punctuation alone. */
    private Optional<Query> clause(Clause clause, SearchSubject subject) {
        if (clause instanceof Clause.All all) {
            return all(all.clauses(), subject);
        } else if (clause instanceof Clause.Any any) {
            return any(any.clauses(), subject);
        } else if (clause instanceof Clause.Not not) {
            return all(List.of(not), subject);
        } else if (clause instanceof Clause.Word word) {
            return words(word.field(), word.text(), 0);
        } else if (clause instanceof Clause.Phrase phrase) {
            return words(phrase.field(), phrase.text(), phrase.slop());
        } else if (clause instanceof Clause.Prefix prefix) {
            return prefix(prefix.field(), prefix.text(), subject);
        } else if (clause instanceof Clause.Exact exact) {
            return Optional.of(constant(new TermQuery(keyword(exact.field(), exact.value(), subject))));
        } else if (clause instanceof Clause.OneOf one) {
            return Optional.of(new TermInSetQuery(
                    field(one.field(), subject),
                    one.values().stream()
                            .map(value -> keyword(one.field(), value, subject).bytes())
                            .toList()));
        } else if (clause instanceof Clause.Numbers numbers) {
            return Optional.of(numbers(numbers, subject));
        }
        return Optional.of(texts((Clause.Texts) clause));
    }

    private Optional<Query> all(List<Clause> clauses, SearchSubject subject) {
        BooleanQuery.Builder all = new BooleanQuery.Builder();
        boolean any = false;
        boolean wanted = false;
        for (Clause one : clauses) {
            boolean negated = one instanceof Clause.Not;
            Optional<Query> query = clause(one instanceof Clause.Not not ? not.clause() : one, subject);
            if (query.isPresent()) {
                any = true;
                wanted |= !negated;
                all.add(query.get(), negated ? Occur.MUST_NOT : Occur.MUST);
            }
        }
        if (any && !wanted) {
            all.add(new MatchAllDocsQuery(), Occur.FILTER);
        }
        return any ? Optional.of(all.build()) : Optional.empty();
    }

    private Optional<Query> any(List<Clause> clauses, SearchSubject subject) {
        BooleanQuery.Builder any = new BooleanQuery.Builder();
        boolean found = false;
        for (Clause one : clauses) {
            Optional<Query> query = clause(one, subject);
            query.ifPresent(choice -> any.add(choice, Occur.SHOULD));
            found |= query.isPresent();
        }
        return found ? Optional.of(any.build()) : Optional.empty();
    }

    private Optional<Query> words(String name, String text, int slop) {
        List<Token> tokens = analyzer.tokens(text);
        String field = wordField(name);
        if (tokens.isEmpty()) {
            return Optional.empty();
        }
        if (tokens.size() == 1) {
            return Optional.of(new TermQuery(new Term(field, word(name, tokens.get(0)))));
        }
        PhraseQuery.Builder phrase = new PhraseQuery.Builder();
        for (Token token : tokens) {
            phrase.add(new Term(field, word(name, token)), token.position());
        }
        return Optional.of(phrase.setSlop(slop).build());
    }

    private static String wordField(String name) {
        return name.equals(Clause.TEXT) ? Fields.TEXT : Fields.ATTRIBUTE_WORD;
    }

    private static String word(String name, Token token) {
        return name.equals(Clause.TEXT) ? token.term() : name + Fields.SEPARATOR + token.term();
    }

    private Optional<Query> prefix(String name, String text, SearchSubject subject) {
        if (!name.equals(Clause.TEXT)
                && subject.field(name)
                        .filter(kind -> kind == FieldKind.ATTRIBUTE)
                        .isEmpty()) {
            return Optional.of(new PrefixQuery(keyword(name, text, subject)));
        }
        List<Token> tokens = analyzer.tokens(text);
        if (tokens.isEmpty()) {
            return Optional.empty();
        }
        Token last = tokens.get(tokens.size() - 1);
        if (last.pair()) {
            // Characters are words of their own: whatever begins so contains the pairs.
            return words(name, text, 0);
        }
        BooleanQuery.Builder all = new BooleanQuery.Builder();
        for (Token token : tokens.subList(0, tokens.size() - 1)) {
            all.add(new TermQuery(new Term(wordField(name), word(name, token))), Occur.MUST);
        }
        all.add(new PrefixQuery(new Term(wordField(name), word(name, last))), Occur.MUST);
        return Optional.of(all.build());
    }

    private static Term keyword(String name, String value, SearchSubject subject) {
        boolean attribute =
                subject.field(name).filter(kind -> kind == FieldKind.ATTRIBUTE).isPresent();
        if (attribute) {
            return new Term(Fields.ATTRIBUTE, name + Fields.SEPARATOR + value);
        }
        String field = field(name, subject);
        boolean ours = subject != SearchSubject.MESSAGES && (field.equals(Fields.KIND) || field.equals(Fields.ROLE));
        return new Term(field, ours ? value.toLowerCase(Locale.ROOT) : value);
    }

    private static String field(String name, SearchSubject subject) {
        return switch (name) {
            case "from" -> Fields.SENDER;
            case "in", "id" -> Fields.CONVERSATION;
            case "created" -> Fields.TIME;
            case "kind" -> Fields.KIND;
            case "by" -> Fields.BY;
            case "dissolved" -> Fields.DISSOLVED;
            case "user" -> Fields.USER;
            case "role" -> Fields.ROLE;
            case "active" -> Fields.ACTIVE;
            case "time" -> Fields.TIME;
            case "seq" -> Fields.SEQ;
            case "members" -> Fields.MEMBERS;
            case "joined" -> Fields.JOINED;
            default ->
                throw new IllegalArgumentException("query: field " + name + " (expected: a field of " + subject + ")");
        };
    }

    private static Query numbers(Clause.Numbers numbers, SearchSubject subject) {
        String field = field(numbers.field(), subject);
        Query slow = NumericDocValuesField.newSlowRangeQuery(field, numbers.from(), numbers.to());
        if (field.equals(Fields.SEQ)) {
            return constant(slow);
        }
        return constant(new IndexOrDocValuesQuery(LongPoint.newRangeQuery(field, numbers.from(), numbers.to()), slow));
    }

    private static Query texts(Clause.Texts texts) {
        String name = texts.field() + Fields.SEPARATOR;
        // One past the separator: behind all values of this attribute.
        String end = texts.field() + (char) (Fields.SEPARATOR + 1);
        return new TermRangeQuery(
                Fields.ATTRIBUTE,
                new BytesRef(name + texts.from().orElse("")),
                new BytesRef(texts.to().map(to -> name + to).orElse(end)),
                texts.from().isEmpty() || texts.fromIncluded(),
                texts.to().isPresent() && texts.toIncluded());
    }

    private static Query constant(Query query) {
        return new ConstantScoreQuery(query);
    }

    /** The messages that an erasure takes. */
    static Query removal(IndexRemoval removal) {
        BooleanQuery.Builder all = new BooleanQuery.Builder();
        all.add(new TermQuery(new Term(Fields.DOC, Fields.MESSAGE)), Occur.FILTER);
        if (removal instanceof IndexRemoval.Places places) {
            all.add(
                    new TermInSetQuery(
                            Fields.ID,
                            places.places().stream()
                                    .map(place -> new BytesRef(Fields.messageId(place.conversation(), place.seq())))
                                    .toList()),
                    Occur.FILTER);
        } else if (removal instanceof IndexRemoval.OfSender sender) {
            all.add(new TermQuery(new Term(Fields.SENDER, sender.sender())), Occur.FILTER);
            all.add(through(sender.through()), Occur.FILTER);
        } else if (removal instanceof IndexRemoval.OfConversation conversation) {
            all.add(new TermQuery(new Term(Fields.CONVERSATION, conversation.conversation())), Occur.FILTER);
            all.add(NumericDocValuesField.newSlowRangeQuery(Fields.SEQ, 0, conversation.through()), Occur.FILTER);
        } else if (removal instanceof IndexRemoval.OfAll everything) {
            all.add(through(everything.through()), Occur.FILTER);
        }
        return all.build();
    }

    private static Query through(Instant time) {
        return LongPoint.newRangeQuery(Fields.TIME, Long.MIN_VALUE, time.toEpochMilli());
    }
}
