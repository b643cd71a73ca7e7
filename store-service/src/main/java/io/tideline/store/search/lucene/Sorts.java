package io.tideline.store.search.lucene;

import io.tideline.store.search.SearchQuery;
import io.tideline.store.search.SearchSort;
import io.tideline.store.search.SearchSubject;
import io.tideline.store.search.SortKey;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.util.BytesRef;

/** Total orders. Their values say which document it is, so that hits need not be looked up. */
final class Sorts {
    private Sorts() {}

    static Sort of(SearchQuery query) {
        List<SortField> fields = new ArrayList<>();
        boolean oldest = query.sort() == SearchSort.OLDEST;
        if (query.sort() == SearchSort.RELEVANCE) {
            fields.add(SortField.FIELD_SCORE);
        }
        if (query.subject() == SearchSubject.MEMBERS) {
            fields.add(new SortField(Fields.CONVERSATION, SortField.Type.STRING));
            fields.add(new SortField(Fields.USER, SortField.Type.STRING));
            return new Sort(fields.toArray(SortField[]::new));
        }
        String number = query.sort() == SearchSort.LARGEST ? Fields.MEMBERS : Fields.TIME;
        fields.add(new SortField(number, SortField.Type.LONG, !oldest));
        fields.add(new SortField(Fields.CONVERSATION, SortField.Type.STRING));
        if (query.subject() == SearchSubject.MESSAGES) {
            fields.add(new SortField(Fields.SEQ, SortField.Type.LONG, !oldest));
        }
        return new Sort(fields.toArray(SortField[]::new));
    }

    /** Where a hit stands. */
    static SortKey key(SearchQuery query, FieldDoc hit) {
        int at = 0;
        float score = query.sort() == SearchSort.RELEVANCE ? (Float) hit.fields[at++] : 0;
        if (query.subject() == SearchSubject.MEMBERS) {
            return new SortKey(score, 0, text(hit.fields[at]), text(hit.fields[at + 1]), 0);
        }
        long number = (Long) hit.fields[at++];
        String conversation = text(hit.fields[at++]);
        long seq = query.subject() == SearchSubject.MESSAGES ? (Long) hit.fields[at] : 0;
        return new SortKey(score, number, conversation, "", seq);
    }

    private static String text(Object value) {
        return ((BytesRef) value).utf8ToString();
    }

    /**
     * The hit that a key is of.
     *
     * @param document any number that the index has: no two hits have the same values
     */
    static FieldDoc after(SearchQuery query, SortKey key, int document) {
        List<Object> values = new ArrayList<>();
        if (query.sort() == SearchSort.RELEVANCE) {
            values.add(key.score());
        }
        if (query.subject() == SearchSubject.MEMBERS) {
            values.add(new BytesRef(key.conversation()));
            values.add(new BytesRef(key.member()));
        } else {
            values.add(key.number());
            values.add(new BytesRef(key.conversation()));
        }
        if (query.subject() == SearchSubject.MESSAGES) {
            values.add(key.seq());
        }
        return new FieldDoc(document, key.score(), values.toArray());
    }
}
