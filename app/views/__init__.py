"""Pages, one file each, and what they share: addresses, opening, the frame around the object.

Text of artifacts reaches the page only through our components or `st.text`: Streamlit's markdown fetches pictures that
a caption names.
"""
