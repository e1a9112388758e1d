"""The town's council: its next meetings and newest papers, fetched from a council information system by OParl."""
